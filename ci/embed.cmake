# opex_embed_rules(<target>): makes the rule files part of the target (rules/embedded.h). As a script it
# writes that source: cmake -DOUTPUT=… -DROOT=… -DFILES=a;b -P ci/embed.cmake
function(opex_embed_rules target)
  file(GLOB files CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
    ${PROJECT_SOURCE_DIR}/rules/packs/*.yaml ${PROJECT_SOURCE_DIR}/rules/*.yaml ${PROJECT_SOURCE_DIR}/rules/pack.schema.json)
  list(SORT files)
  list(TRANSFORM files PREPEND ${PROJECT_SOURCE_DIR}/ OUTPUT_VARIABLE paths)
  set(output ${PROJECT_BINARY_DIR}/rules/embedded.cpp)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DROOT=${PROJECT_SOURCE_DIR} "-DFILES=${files}"
            -P ${PROJECT_SOURCE_DIR}/ci/embed.cmake
    DEPENDS ${paths} ${PROJECT_SOURCE_DIR}/ci/embed.cmake
    COMMENT "Embedding the rule packs" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

if(CMAKE_SCRIPT_MODE_FILE)
  set(arrays "")
  set(table "")
  set(index 0)
  foreach(file IN LISTS FILES)
    file(READ ${ROOT}/${file} bytes HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
    string(APPEND arrays "const unsigned char file${index}[] = {${bytes}0};\n")
    string(APPEND table "    {\"${file}\", bytes(file${index})},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  file(WRITE ${OUTPUT} "#include \"rules/embedded.h\"

namespace opex::rules {
namespace {
${arrays}
template <size_t N> llvm::StringRef bytes(const unsigned char (&data)[N]) {
  return {reinterpret_cast<const char *>(data), N - 1};
}
} // namespace

llvm::ArrayRef<EmbeddedFile> embeddedFiles() {
  static const EmbeddedFile files[] = {
${table}  };
  return files;
}

} // namespace opex::rules
")
endif()
