# For plugins: find_package(needlepath) gives the target needlepath::plugin (the headers), the program as NEEDLEPATH_PROGRAM, and
#
#   np_add_plugin(NAME SOURCES...)
#
# which builds NAME.so with nothing exported but its entry, writes its manifest beside it, and adds the test NAME.check, `needlepath plugin check`; and
#
#   np_add_plugin_test(TEST NAME SOURCES...)
#
# which builds a program of these sources and the plugin's (needlepath/plugin_test.h), and adds it as the test TEST.
get_filename_component(NEEDLEPATH_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(NEEDLEPATH_CMAKE ${CMAKE_CURRENT_LIST_DIR})
set(NEEDLEPATH_PROGRAM ${NEEDLEPATH_PREFIX}/bin/needlepath)
if(NOT TARGET needlepath::plugin)
    add_library(needlepath::plugin INTERFACE IMPORTED)
    set_target_properties(needlepath::plugin PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${NEEDLEPATH_PREFIX}/include)
endif()

# Where plugins are installed below the prefix: with ~/.local that is the user's own folder; lib/needlepath/plugins, below needlepath's own prefix, is
# everybody's.
set(NEEDLEPATH_PLUGIN_DIR lib/needlepath CACHE STRING "Where plugins are installed, below the prefix")
function(np_install_plugin NAME)
    install(FILES ${ARGN} DESTINATION ${NEEDLEPATH_PLUGIN_DIR} COMPONENT ${NAME})
endfunction()

function(np_add_plugin NAME)
    add_library(${NAME} MODULE ${ARGN})
    target_link_libraries(${NAME} PRIVATE needlepath::plugin m)
    # the same numbers with every compiler: no product is fused with a sum
    target_compile_options(${NAME} PRIVATE -ffp-contract=off)
    set_target_properties(${NAME} PROPERTIES PREFIX "" C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON)
    target_link_options(${NAME} PRIVATE LINKER:--version-script,${NEEDLEPATH_CMAKE}/plugin.map)
    np_install_plugin(${NAME} $<TARGET_FILE:${NAME}> $<TARGET_FILE_DIR:${NAME}>/${NAME}.manifest)
    add_custom_command(TARGET ${NAME} POST_BUILD COMMAND ${NEEDLEPATH_PROGRAM} plugin manifest $<TARGET_FILE:${NAME}> VERBATIM)
    add_test(NAME ${NAME}.check COMMAND ${NEEDLEPATH_PROGRAM} plugin check $<TARGET_FILE:${NAME}>)
endfunction()

function(np_add_plugin_test TEST NAME)
    get_target_property(plugin_sources ${NAME} SOURCES)
    add_executable(${TEST} ${ARGN} ${plugin_sources})
    target_link_libraries(${TEST} PRIVATE needlepath::plugin ${NEEDLEPATH_PREFIX}/lib/libneedlepath-plugin-test.a m)
    target_compile_options(${TEST} PRIVATE -ffp-contract=off)
    add_test(NAME ${TEST} COMMAND ${TEST})
endfunction()

# The same for the crate beside the caller, whose library has the plugin's name; cargo fetches nothing for it.
function(np_add_rust_plugin NAME)
    find_program(CARGO cargo REQUIRED)
    set(target ${CMAKE_CURRENT_BINARY_DIR}/cargo)
    set(plugin ${CMAKE_CURRENT_BINARY_DIR}/${NAME}.so)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/*.rs ${CMAKE_CURRENT_SOURCE_DIR}/needlepath/*.rs)
    set(cargo ${CMAKE_COMMAND} -E env CARGO_TARGET_DIR=${target} "RUSTFLAGS=-L native=${NEEDLEPATH_PREFIX}/lib" ${CARGO})
    add_custom_command(OUTPUT ${plugin} DEPENDS ${sources} Cargo.toml WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} VERBATIM
        COMMAND ${cargo} build --quiet --release --offline
        COMMAND ${CMAKE_COMMAND} -E copy ${target}/release/lib${NAME}.so ${plugin}
        COMMAND ${NEEDLEPATH_PROGRAM} plugin manifest ${plugin})
    add_custom_target(${NAME} ALL DEPENDS ${plugin})
    np_install_plugin(${NAME} ${plugin} ${CMAKE_CURRENT_BINARY_DIR}/${NAME}.manifest)
    add_test(NAME ${NAME}.check COMMAND ${NEEDLEPATH_PROGRAM} plugin check ${plugin})
    add_test(NAME ${NAME}_test WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} COMMAND ${cargo} test --quiet --offline)
endfunction()
