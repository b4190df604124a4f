# Third-party parts. Debian's packages first; what Debian lacks comes as source
# archives pinned by SHA-256 (deploy/deps) and unpacked outside the checkout.
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED COMPONENTS core)
find_package(CLI11 CONFIG REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(PkgConfig QUIET)
find_path(TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)

# What ./dev fetches lies in one folder (tools/dev/places.sh), each part with its version in its name.
if(DEFINED ENV{MESHAI_CACHE})
  set(_cache $ENV{MESHAI_CACHE})
else()
  set(_cache $ENV{HOME}/.cache/meshai)
endif()

# meshai_pinned(PART FILE VARIABLE): the version that deploy/deps/FILE.txt pins PART to.
function(meshai_pinned part file variable)
  file(STRINGS ${CMAKE_SOURCE_DIR}/deploy/deps/${file}.txt pin REGEX "^${part}==")
  string(REGEX REPLACE "^${part}==([0-9.]+).*" "\\1" version "${pin}")
  set(${variable} ${version} PARENT_SCOPE)
endfunction()

find_package(llhttp CONFIG QUIET)
if(TARGET llhttp::llhttp_static)
  add_library(meshai::llhttp ALIAS llhttp::llhttp_static)
elseif(TARGET llhttp::llhttp_shared)
  add_library(meshai::llhttp ALIAS llhttp::llhttp_shared)
else()
  meshai_pinned(llhttp llhttp _llhttp_version)
  set(LLHTTP_ROOT "${_cache}/llhttp-${_llhttp_version}" CACHE PATH "Folder with llhttp.h, llhttp.c, api.c and http.c")
  find_path(_llhttp_folder llhttp.c PATHS ${LLHTTP_ROOT} PATH_SUFFIXES lib src NO_DEFAULT_PATH NO_CACHE)
  if(NOT _llhttp_folder)
    message(FATAL_ERROR "llhttp is not in ${LLHTTP_ROOT}. Run ./dev build, which fetches it, or set LLHTTP_ROOT.")
  endif()
  add_library(meshai_llhttp STATIC ${_llhttp_folder}/llhttp.c ${_llhttp_folder}/api.c ${_llhttp_folder}/http.c)
  target_include_directories(meshai_llhttp SYSTEM PUBLIC ${_llhttp_folder})
  add_library(meshai::llhttp ALIAS meshai_llhttp)
endif()

# jsoncons is headers only. src/wire/schema specialises its templates and so knows this version's inside.
find_package(jsoncons 1.3.2 EXACT CONFIG QUIET)
if(TARGET jsoncons)
  add_library(meshai::jsoncons ALIAS jsoncons)
else()
  meshai_pinned(pybind11-jsoncons jsoncons _jsoncons_version)
  set(JSONCONS_ROOT "${_cache}/jsoncons-${_jsoncons_version}" CACHE PATH "Folder with include/jsoncons")
  if(NOT EXISTS ${JSONCONS_ROOT}/include/jsoncons_ext/jsonschema/jsonschema.hpp)
    message(FATAL_ERROR "jsoncons is not in ${JSONCONS_ROOT}. Run ./dev build, which fetches it, or set JSONCONS_ROOT.")
  endif()
  add_library(meshai_jsoncons INTERFACE)
  target_include_directories(meshai_jsoncons SYSTEM INTERFACE ${JSONCONS_ROOT}/include)
  add_library(meshai::jsoncons ALIAS meshai_jsoncons)
endif()

# The official test suite of JSON Schema; only a test reads it, when it runs.
meshai_pinned(jsonschema schema-suite _schema_suite_version)
set(SCHEMA_SUITE_ROOT "${_cache}/schema-suite-${_schema_suite_version}" CACHE PATH "Folder with tests/draft2020-12 and remotes")

# Asio is compiled once; every other file sees only its declarations.
add_library(meshai_asio STATIC ${CMAKE_SOURCE_DIR}/cmake/asio.cc)
target_link_libraries(meshai_asio PUBLIC meshai_flags Boost::headers Threads::Threads)

if(MESHAI_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
