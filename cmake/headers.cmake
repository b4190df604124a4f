# Precompiled headers: the third-party headers that nearly every file reads are
# parsed once per build folder, which saves most files half of their work. Only
# headers from outside the checkout stand here: one of ours would rebuild
# everything with each change. Every file still includes what it uses.
#
# CMake's own target_precompile_headers puts absolute paths of the checkout into
# the compiled header and into every command, so that no clone could use what
# another has in the compiler cache. Here the compiled header is the object of a
# library whose one source is a header of Boost, with the others put in front of
# it, and it is named relative to the build folder, in which Ninja compiles.
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang" AND CMAKE_GENERATOR STREQUAL "Ninja")
  set(_precompiled ON)
else()
  set(_precompiled OFF)
endif()
option(MESHAI_PRECOMPILED_HEADERS "Parse third-party headers once" ${_precompiled})

set(MESHAI_HEADERS_MAIN ${Boost_INCLUDE_DIRS}/boost/json.hpp)
set(MESHAI_HEADERS_OF_ROOMS
  algorithm array atomic charconv chrono cstdint deque expected functional list map memory mutex optional set
  span string string_view unordered_map utility variant vector
  fmt/format.h
  boost/asio/associated_cancellation_slot.hpp boost/asio/async_result.hpp boost/asio/awaitable.hpp
  boost/asio/cancellation_state.hpp boost/asio/co_spawn.hpp boost/asio/detached.hpp boost/asio/io_context.hpp
  boost/asio/post.hpp boost/asio/this_coro.hpp boost/asio/use_awaitable.hpp)
set(MESHAI_HEADERS_OF_TESTS ${MESHAI_HEADERS_OF_ROOMS} gmock/gmock.h gtest/gtest.h)

# meshai_precompile(NAME HEADERS PARTS...): the library NAME, whose object is HEADERS as PARTS offer them.
function(meshai_precompile name headers)
  set_source_files_properties(${MESHAI_HEADERS_MAIN} PROPERTIES LANGUAGE CXX)
  add_library(${name} OBJECT ${MESHAI_HEADERS_MAIN})
  # Without its date a compiled header is the same in every clone.
  target_compile_options(${name} PRIVATE "SHELL:-x c++-header" "SHELL:-Xclang -fno-pch-timestamp"
    -fpch-instantiate-templates)
  foreach(header ${headers})
    target_compile_options(${name} PRIVATE "SHELL:-include ${header}")
  endforeach()
  target_link_libraries(${name} PRIVATE meshai_flags meshai_asio fmt::fmt Boost::json ${ARGN})
endfunction()

# meshai_use_headers(TARGET NAME): every file of TARGET begins with the headers of NAME.
function(meshai_use_headers target name)
  if(NOT MESHAI_PRECOMPILED_HEADERS)
    return()
  endif()
  set(object CMakeFiles/${name}.dir${MESHAI_HEADERS_MAIN}.o)
  target_compile_options(${target} PRIVATE "SHELL:-include-pch ${object}")
  add_dependencies(${target} ${name})
  get_target_property(sources ${target} SOURCES)
  set_property(SOURCE ${sources} TARGET_DIRECTORY ${target} APPEND PROPERTY OBJECT_DEPENDS ${CMAKE_BINARY_DIR}/${object})
endfunction()

if(MESHAI_PRECOMPILED_HEADERS)
  meshai_precompile(headers_of_rooms "${MESHAI_HEADERS_OF_ROOMS}")
  if(MESHAI_TESTS)
    meshai_precompile(headers_of_tests "${MESHAI_HEADERS_OF_TESTS}" GTest::gmock GTest::gtest)
  endif()
endif()
