# The compiler of record is clang 19 with libstdc++ 12 (see docs/decisions/0001-compiler.md).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  message(FATAL_ERROR
    "g++ ${CMAKE_CXX_COMPILER_VERSION} miscompiles coroutines: a braced aggregate or a capturing "
    "lambda inside co_await frees memory twice. Use clang++-19 (./dev build does) or g++ 14 or newer.")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

option(MESHAI_TESTS "Build the tests" ON)
option(MESHAI_FUZZ "Build the fuzz targets" OFF)
set(MESHAI_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")

# A clone elsewhere hits the same compiler cache: paths are kept relative. The
# two kinds of sloppiness are what ccache asks for where headers are precompiled.
find_program(CCACHE ccache)
if(CCACHE)
  set(_launcher env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${_launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${_launcher})
endif()

add_library(meshai_flags INTERFACE)
target_include_directories(meshai_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(meshai_flags INTERFACE
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wconversion -Wno-sign-conversion
  -Wno-missing-field-initializers -Werror=return-type -Werror=unused-result -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(meshai_flags INTERFACE -Werror=unguarded-availability -fcolor-diagnostics)
  add_link_options(-fuse-ld=lld)
endif()
target_compile_definitions(meshai_flags INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_VISIBILITY
  MESHAI_VERSION="${PROJECT_VERSION}")
if(MESHAI_SANITIZE)
  add_compile_options(-fsanitize=${MESHAI_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MESHAI_SANITIZE})
endif()
