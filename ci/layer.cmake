# opex_layer(<folder> [USES <folder>…] [LIBS <library>…] [PCH <header>…] [EXCEPTIONS <source>…] [PROGRAM <name>])
#
# Makes the folder's sources one library `opex_<folder>` (`opex_analysis_body` for the room analysis/body; and, with PROGRAM, its main.cpp a program).
# A new source file is picked up without touching a list.
separate_arguments(OPEX_LLVM_DEFINITIONS NATIVE_COMMAND "${LLVM_DEFINITIONS}")
set(OPEX_FLAGS -Wall -Wextra -Wpedantic -Werror=unused-result -Werror=switch -Wno-unused-parameter)
# Everything is built without exceptions and RTTI but for the sources named by EXCEPTIONS, which fence in
# a library that throws (docs/architecture.md: errors).
set(OPEX_NO_EXCEPTIONS -fno-exceptions -fno-rtti)

function(opex_target_settings target)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_include_directories(${target} SYSTEM PRIVATE ${LLVM_INCLUDE_DIRS} ${CLANG_INCLUDE_DIRS})
  target_compile_options(${target} PRIVATE ${OPEX_LLVM_DEFINITIONS} ${OPEX_FLAGS})
endfunction()

function(opex_layer folder)
  cmake_parse_arguments(PARSE_ARGV 1 layer "" "PROGRAM" "USES;LIBS;PCH;EXCEPTIONS")
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp ${folder}/*.h)
  list(REMOVE_ITEM sources ${PROJECT_SOURCE_DIR}/${folder}/main.cpp)
  string(REPLACE / _ target opex_${folder})
  add_library(${target} STATIC ${sources})
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
  opex_target_settings(${target})
  target_compile_options(${target} PRIVATE ${OPEX_NO_EXCEPTIONS})
  foreach(source IN LISTS layer_EXCEPTIONS)
    set_source_files_properties(${PROJECT_SOURCE_DIR}/${folder}/${source} PROPERTIES
      COMPILE_OPTIONS "-fexceptions;-frtti" SKIP_PRECOMPILE_HEADERS ON)
  endforeach()
  if(layer_PCH)
    target_precompile_headers(${target} PRIVATE ${layer_PCH})
    target_compile_options(${target} PRIVATE -fpch-instantiate-templates)
  endif()
  list(TRANSFORM layer_USES PREPEND opex_)
  list(TRANSFORM layer_USES REPLACE / _)
  target_link_libraries(${target} PUBLIC ${layer_USES} ${layer_LIBS} LLVM Threads::Threads)
  if(layer_PROGRAM)
    add_executable(${layer_PROGRAM} ${folder}/main.cpp)
    opex_target_settings(${layer_PROGRAM})
    target_compile_options(${layer_PROGRAM} PRIVATE ${OPEX_NO_EXCEPTIONS})
    target_link_libraries(${layer_PROGRAM} PRIVATE ${target})
  endif()
endfunction()
