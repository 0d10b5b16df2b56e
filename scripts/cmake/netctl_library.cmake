# The libraries of the tree, and which of their files belong to which architecture.

# Keeps of `sources` what this architecture wants. Alternatives live in sibling folders named after
# an architecture (armv7m/, armv5te/, ...) and generic/: the build takes the folder of its own
# architecture, or generic/ where there is none.
function(netctl_select_architecture out)
  set(selected "")
  foreach(source IN LISTS ARGN)
    get_filename_component(folder "${source}" DIRECTORY)
    get_filename_component(name "${folder}" NAME)
    get_filename_component(parent "${folder}" DIRECTORY)
    if(name MATCHES "^armv[0-9]+[a-z]*$" AND NOT name STREQUAL NETCTL_ARCH)
      continue()
    endif()
    if(name STREQUAL "generic" AND IS_DIRECTORY "${parent}/${NETCTL_ARCH}")
      continue()
    endif()
    list(APPEND selected "${source}")
  endforeach()
  set(${out} "${selected}" PARENT_SCOPE)
endfunction()

# netctl_library(name SOURCES ... LINK ...): a library; without sources it carries its links only.
# Firmware takes object libraries, so that the map file names every object by its folder.
function(netctl_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  netctl_select_architecture(sources ${arg_SOURCES})
  if(NOT sources)
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${arg_LINK})
  elseif(NETCTL_FIRMWARE)
    add_library(${name} OBJECT ${sources})
    target_link_libraries(${name} PUBLIC ${arg_LINK})
  else()
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC ${arg_LINK})
  endif()
endfunction()

# Options of the embedded side must not reach what links against it, so they are private here.
function(netctl_embedded_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  netctl_library(${name} SOURCES ${arg_SOURCES} LINK ${arg_LINK})
  get_target_property(type ${name} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    target_link_libraries(${name} INTERFACE netctl_options)
  else()
    target_link_libraries(${name} PUBLIC netctl_options PRIVATE netctl_embedded_options)
  endif()
endfunction()
