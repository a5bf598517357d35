# The example that the README's main job and tests/shop_test.py analyse. A project of its own, so that its
# compilation database stands apart from ours: <build>/shop/compile_commands.json.
include(ExternalProject)

ExternalProject_Add(shop
  SOURCE_DIR ${PROJECT_SOURCE_DIR}/testdata/shop
  BINARY_DIR ${PROJECT_BINARY_DIR}/shop
  PREFIX ${PROJECT_BINARY_DIR}/shop-project
  CMAKE_CACHE_ARGS
    -DCMAKE_CXX_COMPILER:FILEPATH=${CMAKE_CXX_COMPILER}
    -DCMAKE_CXX_COMPILER_LAUNCHER:STRING=${CMAKE_CXX_COMPILER_LAUNCHER}
    -DCMAKE_EXE_LINKER_FLAGS:STRING=${CMAKE_EXE_LINKER_FLAGS}
  BUILD_ALWAYS ON
  INSTALL_COMMAND "")
