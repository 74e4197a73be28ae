# np_room(NAME [PRIVATE libraries] [PUBLIC libraries] [INCLUDES dirs] [EXCLUDE files]): a static library np_NAME from all *.c
# beside the caller, linked with the rooms that cmake/rooms.txt says it uses and with nothing else of ours.
#
# Includes are written from the top of core ("surface/mesh.h") or, for the wire, "protocol/frame.h".

# The rooms that NAME may use, as targets.
function(np_rooms_of NAME OUT)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/rooms.txt)
    file(STRINGS ${PROJECT_SOURCE_DIR}/cmake/rooms.txt line REGEX "^${NAME}:")
    if(NOT line)
        message(FATAL_ERROR "cmake/rooms.txt has no line for the room '${NAME}'")
    endif()
    string(REGEX MATCHALL "[a-z_]+" rooms "${line}")
    list(POP_FRONT rooms)
    list(TRANSFORM rooms PREPEND np_)
    set(${OUT} ${rooms} PARENT_SCOPE)
endfunction()

add_library(np_flags INTERFACE)
target_compile_options(np_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -Wstrict-prototypes
    -Wmissing-prototypes -ffp-contract=off -fvisibility=hidden
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. $<$<CONFIG:Release>:-O2 -g1>
    $<$<CONFIG:Debug>:-O1 -g -fno-omit-frame-pointer>)
target_compile_definitions(np_flags INTERFACE _GNU_SOURCE)
target_link_options(np_flags INTERFACE LINKER:--as-needed)
if(NP_SANITIZE)
    target_compile_options(np_flags INTERFACE -fsanitize=${NP_SANITIZE} -fno-sanitize-recover=all)
    target_link_options(np_flags INTERFACE -fsanitize=${NP_SANITIZE})
    target_compile_definitions(np_flags INTERFACE NP_SANITIZED=1)
endif()
if(NP_FUZZ)
    target_compile_options(np_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(NP_COVERAGE)
    target_compile_options(np_flags INTERFACE --coverage)
    target_link_options(np_flags INTERFACE --coverage)
endif()

function(np_room NAME)
    cmake_parse_arguments(R "" "" "PUBLIC;PRIVATE;INCLUDES;EXCLUDE" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
    foreach(x ${R_EXCLUDE})
        list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/${x})
    endforeach()
    add_library(np_${NAME} STATIC ${sources})
    np_rooms_of(${NAME} rooms)
    target_link_libraries(np_${NAME} PUBLIC np_flags ${rooms} ${R_PUBLIC} PRIVATE ${R_PRIVATE})
    target_include_directories(np_${NAME} PUBLIC ${PROJECT_SOURCE_DIR}/core ${PROJECT_SOURCE_DIR}/core/include
        ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
    target_include_directories(np_${NAME} SYSTEM PRIVATE ${R_INCLUDES})
endfunction()

# np_plugin(NAME): the strategy plugin NAME.so from all *.c beside the caller; it sees needlepath/plugin.h and libm only.  np_plugins
# stands for all of them, np_manifests for their manifests, which needlepath makes when it is built.
add_custom_target(np_plugins)
add_custom_target(np_manifests ALL)
function(np_plugin NAME)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
    add_library(${NAME} MODULE ${sources})
    target_link_libraries(${NAME} PRIVATE np_flags m)
    target_include_directories(${NAME} PRIVATE ${PROJECT_SOURCE_DIR}/core/include)
    set_target_properties(${NAME} PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${NP_PLUGIN_SUBDIR})
    add_dependencies(np_plugins ${NAME})
    set_property(GLOBAL APPEND PROPERTY NP_PLUGINS ${NAME})
    set(manifest ${PROJECT_BINARY_DIR}/${NP_PLUGIN_SUBDIR}/${NAME}.manifest)
    add_custom_command(OUTPUT ${manifest} DEPENDS ${NAME} needlepath needlepath-geometry VERBATIM
        COMMAND needlepath plugin manifest --weaker-sandbox $<TARGET_FILE:${NAME}>) # our own, wherever it is built
    add_custom_target(${NAME}_manifest DEPENDS ${manifest})
    add_dependencies(np_manifests ${NAME}_manifest)
    install(FILES ${manifest} DESTINATION ${NP_PLUGIN_SUBDIR})
    install(TARGETS ${NAME} LIBRARY DESTINATION ${NP_PLUGIN_SUBDIR})
endfunction()

# np_bands(ROOM FILE): FILE's rows become the initialiser of an array of np_band (base/band.h), "ROOM/NAME.inc": their quoted texts and numbers are
# C's already.
function(np_bands ROOM FILE)
    get_filename_component(name ${FILE} NAME_WE)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${FILE})
    file(STRINGS ${FILE} rows REGEX "^\"")
    list(TRANSFORM rows REPLACE ".+" "{\\0},\n")
    list(JOIN rows "" rows)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/${ROOM}/${name}.inc CONTENT "${rows}" @ONLY)
endfunction()
