// The copy loops for ARMv7-M: eight words at a time with LDM and STM, the sum's carry kept in the
// flag from the first word to the last. What counts rounds here leaves the carry alone: SUB, TEQ
// and TST with small constants, CBZ.
//
// An LDM or STM that an interrupt breaks off is continued, not repeated (ARMv7-M B1.5.10), so no
// FIFO word is lost or taken twice.
    .syntax unified
    .thumb

.macro CopyAndAddEightWords
    ldm     r0, {r4-r11}
    adcs    r3, r3, r4
    adcs    r3, r3, r5
    adcs    r3, r3, r6
    adcs    r3, r3, r7
    adcs    r3, r3, r8
    adcs    r3, r3, r9
    adcs    r3, r3, r10
    adcs    r3, r3, r11
    stm     r1!, {r4-r11}
.endm

// uint32_t ReadFifoWindow(const volatile uint32_t* window, std::byte* to, size_t words,
//                         size_t unsummed)
    .section .text.ReadFifoWindow, "ax", %progbits
    .balign 4
    .global ReadFifoWindow
    .type ReadFifoWindow, %function
    .thumb_func
ReadFifoWindow:
    push    {r4-r11, lr}
    sub     r2, r2, r3
    cbz     r3, 2f
1:  ldm     r0, {r4-r7}
    stm     r1!, {r4-r7}
    subs    r3, r3, #4
    bne     1b
2:  lsr     lr, r2, #5          // lr: rounds of 32 words
    ubfx    r12, r2, #3, #2     // r12: single eights in front of them
    adds    r3, r3, #0          // r3: sum, 0; clears the carry
3:  teq     r12, #0
    beq     4f
    CopyAndAddEightWords
    sub     r12, r12, #1
    b       3b
4:  teq     lr, #0
    beq     6f
5:  CopyAndAddEightWords
    CopyAndAddEightWords
    CopyAndAddEightWords
    CopyAndAddEightWords
    sub     lr, lr, #1
    teq     lr, #0
    bne     5b
6:  tst     r2, #4
    beq     7f
    ldm     r0!, {r4-r7}
    adcs    r3, r3, r4
    adcs    r3, r3, r5
    adcs    r3, r3, r6
    adcs    r3, r3, r7
    stm     r1!, {r4-r7}
7:  tst     r2, #2
    beq     8f
    ldm     r0!, {r4, r5}
    adcs    r3, r3, r4
    adcs    r3, r3, r5
    stm     r1!, {r4, r5}
8:  tst     r2, #1
    beq     9f
    ldr     r4, [r0]
    adcs    r3, r3, r4
    str     r4, [r1]
    // With the carry set the sum is below 0xffffffff, so this does not carry again.
9:  adc     r0, r3, #0
    pop     {r4-r11, pc}
    .size ReadFifoWindow, . - ReadFifoWindow

// void WriteFifoWindow(volatile uint32_t* window, const std::byte* from, size_t words)
    .section .text.WriteFifoWindow, "ax", %progbits
    .balign 4
    .global WriteFifoWindow
    .type WriteFifoWindow, %function
    .thumb_func
WriteFifoWindow:
    push    {r4-r11, lr}
    lsrs    r3, r2, #3          // r3: rounds of eight words
    beq     2f
1:  ldm     r1!, {r4-r11}
    stm     r0, {r4-r11}
    subs    r3, r3, #1
    bne     1b
2:  tst     r2, #4
    beq     3f
    ldm     r1!, {r4-r7}
    stm     r0!, {r4-r7}
3:  tst     r2, #2
    beq     4f
    ldm     r1!, {r4, r5}
    stm     r0!, {r4, r5}
4:  tst     r2, #1
    beq     5f
    ldr     r4, [r1]
    str     r4, [r0]
5:  pop     {r4-r11, pc}
    .size WriteFifoWindow, . - WriteFifoWindow
