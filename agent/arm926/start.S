// Vectors, reset and the entries of exceptions (ARMv5 Architecture Reference Manual, A2.6).
//
// The image starts here, at the first address of its memory, so a loader may also jump there. The
// MMU shows the same memory at 0, where the core looks for the vectors.
    .syntax unified
    .arm

    .section .vectors, "ax", %progbits
    ldr     pc, reset
    ldr     pc, undefined
    ldr     pc, software
    ldr     pc, prefetch
    ldr     pc, data
    ldr     pc, unused
    ldr     pc, interrupt
    ldr     pc, fast
reset:      .word ResetEntry
undefined:  .word UndefinedEntry
software:   .word SoftwareEntry
prefetch:   .word PrefetchAbortEntry
data:       .word DataAbortEntry
unused:     .word UnusedEntry
interrupt:  .word InterruptEntry
fast:       .word FastEntry

    .equ MODE_FIQ, 0x11
    .equ MODE_IRQ, 0x12
    .equ MODE_SVC, 0x13
    .equ MODE_ABT, 0x17
    .equ MODE_UND, 0x1b
    .equ OFF, 0xc0              // IRQ and FIQ

.macro Stack mode, top
    msr     cpsr_c, #\mode | OFF
    ldr     sp, =\top
.endm

// Also entered to start again: what the data cache holds of .noinit goes to memory before the
// cache is switched off.
    .section .text.ResetEntry, "ax", %progbits
    .global ResetEntry
    .type ResetEntry, %function
ResetEntry:
    msr     cpsr_c, #MODE_SVC | OFF
1:  mrc     p15, 0, r15, c7, c14, 3     // test, clean and invalidate the data cache (TRM, c7)
    bne     1b
    mov     r0, #0
    mcr     p15, 0, r0, c7, c10, 4      // drain the write buffer
    mrc     p15, 0, r1, c1, c0, 0
    bic     r1, r1, #0x3300             // vectors at 0, instruction cache off; R, S
    bic     r1, r1, #0x0087             // big endian, data cache, alignment, MMU
    mcr     p15, 0, r1, c1, c0, 0
    mcr     p15, 0, r0, c7, c7, 0       // invalidate both caches
    mcr     p15, 0, r0, c8, c7, 0       // and the TLB
    Stack   MODE_IRQ, _interrupt_stack_top
    Stack   MODE_FIQ, _fault_stack_top
    Stack   MODE_ABT, _fault_stack_top
    Stack   MODE_UND, _fault_stack_top
    Stack   MODE_SVC, _stack_top
    b       StartImage
    .size ResetEntry, . - ResetEntry
    .ltorg

// An interrupt is handled on a stack of its own and not interrupted by another one. Six words keep
// that stack 8-byte aligned.
    .section .text.InterruptEntry, "ax", %progbits
    .type InterruptEntry, %function
InterruptEntry:
    sub     lr, lr, #4
    push    {r0-r3, r12, lr}
    bl      HandleInterrupt
    ldm     sp!, {r0-r3, r12, pc}^
    .size InterruptEntry, . - InterruptEntry

// HandleFault(cause, pc, lr of the code that was running), on a stack of its own, because the fault
// may be that the other one overflowed.
.macro Fault name, cause, behind
    .section .text.\name, "ax", %progbits
    .type \name, %function
\name:
    sub     r1, lr, #\behind
    ldr     sp, =_fault_stack_top
    mrs     r0, spsr
    and     r0, r0, #0x1f
    orr     r0, r0, #OFF
    mrs     r3, cpsr
    msr     cpsr_c, r0
    mov     r2, lr
    msr     cpsr_c, r3
    mov     r0, #\cause
    b       HandleFault
    .size \name, . - \name
    .ltorg
.endm

// The causes are those of fault.cc.
    Fault   UndefinedEntry, 0, 4
    Fault   PrefetchAbortEntry, 1, 4
    Fault   DataAbortEntry, 2, 8
    Fault   SoftwareEntry, 3, 4
    Fault   UnusedEntry, 3, 4
    Fault   FastEntry, 3, 4
