/* glTF as programs write it. */
#include <stdbool.h>
#include <stdio.h>

#include "mesh_readers.h"

/* A .glb of DOCUMENT, a JSON, and the BINARY chunk. */
typedef struct glb {
    char at[4000];
    size_t size;
} glb;

static void put_u32(glb *g, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        g->at[g->size++] = (char)(value >> 8 * i);
}

static glb glb_of(const char *document, const void *binary, size_t n)
{
    glb g = {0};
    uint32_t json = (uint32_t)(strlen(document) + 3) / 4 * 4;
    memcpy(g.at, "glTF", 4);
    g.size = 4;
    put_u32(&g, 2);
    put_u32(&g, (uint32_t)(12 + 8 + json + (n ? 8 + n : 0)));
    put_u32(&g, json);
    memcpy(g.at + g.size, "JSON", 4);
    memset(g.at + g.size + 4, ' ', json);
    memcpy(g.at + g.size + 4, document, strlen(document));
    g.size += 4 + json;
    if (n) {
        put_u32(&g, (uint32_t)n);
        memcpy(g.at + g.size, "BIN\0", 4);
        memcpy(g.at + g.size + 4, binary, n);
        g.size += 4 + n;
    }
    return g;
}

/* Five places as floats, then the indices of two triangles. */
typedef struct square {
    float place[5][3];
    uint16_t index[6];
} square;

static const square flat = {{{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0}, {9, 9, 9}}, {0, 1, 2, 0, 2, 3}};

#define ASSET "{\"asset\":{\"version\":\"2.0\"},"
#define SCENE "\"scenes\":[{\"nodes\":[0]}],"
#define MESH(more) "\"meshes\":[{\"primitives\":[{\"attributes\":{\"POSITION\":0}" more "}]}],"
#define BUFFER                                                                                                         \
    "\"buffers\":[{\"byteLength\":72}],\"bufferViews\":[{\"buffer\":0,\"byteLength\":60},{\"buffer\":0,"               \
    "\"byteOffset\":60,\"byteLength\":12}],"
#define ACCESSORS(n)                                                                                                   \
    "\"accessors\":[{\"bufferView\":0,\"componentType\":5126,\"count\":5,\"type\":\"VEC3\"},"                          \
    "{\"bufferView\":1,\"componentType\":5123,\"count\":" #n ",\"type\":\"SCALAR\"}]}"

static glb square_of(const char *document)
{
    return glb_of(document, &flat, sizeof flat);
}

static void assert_gltf(const char *document, size_t vertices, size_t triangles)
{
    glb g = square_of(document);
    np_mesh mesh = read_as(head_gltf_read, g.at, g.size, vertices, triangles);
    for (uint32_t t = 0; t < mesh.n_triangles; t++)
        assert_true(np_mesh_triangle_normal(&mesh, t).z > 0.99);
    np_mesh_fini(&mesh);
}

static void primitives_of_every_mode(void **state)
{
    (void)state;
    const char *whole = ASSET SCENE "\"nodes\":[{\"mesh\":0}]," MESH(",\"indices\":1") BUFFER ACCESSORS(6);
    assert_gltf(whole, 5, 2);
    assert_gltf(ASSET SCENE "\"nodes\":[{\"mesh\":0}]," MESH("") BUFFER ACCESSORS(6), 5, 1);
    assert_gltf(ASSET SCENE "\"nodes\":[{\"mesh\":0}]," MESH(",\"indices\":1,\"mode\":6") BUFFER ACCESSORS(3), 5, 1);
    assert_gltf(ASSET SCENE "\"nodes\":[{\"mesh\":0}]," MESH(",\"indices\":1,\"mode\":5") BUFFER ACCESSORS(3), 5, 1);
    assert_gltf(ASSET SCENE "\"nodes\":[{\"mesh\":0}]," MESH(",\"mode\":0") BUFFER ACCESSORS(6), 5, 0);
    assert_gltf(ASSET SCENE "\"nodes\":[{\"mesh\":0,\"scale\":[-1,1,1]}]," MESH(",\"indices\":1") BUFFER ACCESSORS(6),
                5, 2);
    glb g = square_of(whole);
    assert_whole(head_gltf_read, g.at, g.size, 1);
}

/* Integers of the node's scale, and integers that stand for fractions, eight bytes apart. */
static void quantised_places(void **state)
{
    (void)state;
    const int16_t place[3][4] = {{-32767, 0, 32767, 0}, {32767, 100, 0, 0}, {0, -32768, 5, 0}};
    for (int fraction = 0; fraction < 2; fraction++) {
        char document[1000];
        snprintf(document, sizeof document,
                 ASSET SCENE
                 "\"extensionsRequired\":[\"KHR_mesh_quantization\"],\"nodes\":[{\"mesh\":0,\"scale\":[2,2,2],"
                 "\"translation\":[10,20,30]}]," MESH(
                     "") "\"buffers\":[{\"byteLength\":24}],\"bufferViews\":[{"
                         "\"buffer\":0,\"byteLength\":24,\"byteStride\":8}],\"accessors\":[{\"bufferView\":0,"
                         "\"componentType\":5122,\"count\":3,\"type\":\"VEC3\",\"normalized\":%s}]}",
                 fraction ? "true" : "false");
        glb g = glb_of(document, place, sizeof place);
        np_mesh mesh = read_as(head_gltf_read, g.at, g.size, 3, 1);
        double unit = fraction ? 32767 : 1;
        assert_near(mesh.vertices[0].x, 10 - 2 * 32767 / unit, 1e-9);
        assert_near(mesh.vertices[1].y, 20 + 200 / unit, 1e-9);
        assert_near(mesh.vertices[2].y, fraction ? 18 : 20 - 65536, 1e-9);
        np_mesh_fini(&mesh);
    }
}

static void nodes_stand_in_each_other(void **state)
{
    (void)state;
    glb g =
        square_of(ASSET "\"scene\":1,\"scenes\":[{},{\"nodes\":[1,2]}],\"nodes\":[{\"mesh\":0,\"rotation\":[0,0,1,0]},"
                        "{\"children\":[0],\"translation\":[5,0,0]},"
                        "{\"mesh\":0,\"matrix\":[0,1,0,0, -1,0,0,0, 0,0,1,0, 7,8,9,1]}]," MESH(",\"indices\":1")
                            BUFFER ACCESSORS(6));
    np_mesh mesh = read_as(head_gltf_read, g.at, g.size, 10, 4);
    assert_near(mesh.vertices[1].x, 4, 1e-9); /* half a turn, then moved */
    assert_near(mesh.vertices[6].x, 7, 1e-9); /* a quarter, by the matrix */
    assert_near(mesh.vertices[6].y, 9, 1e-9);
    np_mesh_fini(&mesh);
}

/* A rotation that was rounded turns, and neither grows nor shears. */
static void rotations_are_made_whole(void **state)
{
    (void)state;
    glb g = square_of(ASSET SCENE "\"nodes\":[{\"mesh\":0,\"rotation\":[0,0,0.7075,0.7075]}]," MESH("")
                          BUFFER ACCESSORS(6));
    np_mesh mesh = read_as(head_gltf_read, g.at, g.size, 5, 1);
    assert_near(mesh.vertices[1].x, 0, 1e-12);
    assert_near(mesh.vertices[1].y, 1, 1e-12);
    np_mesh_fini(&mesh);
}

static void buffers_in_the_document(void **state)
{
    (void)state;
    const char *text = ASSET SCENE "\"nodes\":[{\"mesh\":0}]," MESH(
        "") "\"buffers\":[{\"byteLength\":9,\"uri\":"
            "\"data:application/octet-stream;base64,AAAAAQAAAAEA\"}],\"bufferViews\":[{\"buffer\":0,\"byteLength\":9}],"
            "\"accessors\":[{\"bufferView\":0,\"componentType\":5121,\"count\":3,\"type\":\"VEC3\"}]}\n";
    assert_reads(head_gltf_read, text, 3, 1);
    assert_whole(head_gltf_read, text, strlen(text), 2);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    const struct {
        const char *document, *says;
    } bad[] = {
        {"{\"asset\":{\"version\":\"1.0\"}}", "is glTF 1.0"},
        {"{}", "is glTF of no version"},
        {"[1,2", "cut short"},
        {ASSET "\"extensionsRequired\":[\"KHR_draco_mesh_compression\"]}",
         "requires the glTF extension KHR_draco_mesh_compression"},
        {ASSET "\"extensionsRequired\":[\"EXT_meshopt_compression\"]}", "EXT_meshopt_compression"},
        {ASSET "\"nodes\":[]}", "scene 0"},
        {ASSET SCENE "\"nodes\":[{\"children\":[0]}]}", "node 0"},
        {ASSET SCENE "\"nodes\":[{\"children\":[7]}]}", "node 7"},
        {ASSET SCENE "\"nodes\":[{\"mesh\":0,\"scale\":[1,1]}]," MESH("") BUFFER ACCESSORS(6), "node 0: its transform"},
        {ASSET SCENE "\"nodes\":[{\"matrix\":[1,0,0,0.001, 0,1,0,0, 0,0,1,0, 0,0,0,1]}]}", "node 0: its matrix is a"},
        {ASSET SCENE "\"nodes\":[{\"matrix\":[1,0,0,0, 0,1,0,0, 0,0,1,0, 0,0,0,0]}]}", "as the last row"},
        {ASSET SCENE "\"nodes\":[{\"rotation\":[0,0,0,0]}]}", "node 0: its rotation"},
        {ASSET SCENE "\"nodes\":[{\"rotation\":[0,0,2,0]}]}", "a quaternion of length 1"},
        {ASSET SCENE "\"nodes\":[{\"mesh\":-1}]}", "mesh"},
        {ASSET SCENE "\"nodes\":[{\"mesh\":0}]," MESH(",\"mode\":7") BUFFER ACCESSORS(6), "mode 7"},
        {ASSET SCENE "\"nodes\":[{\"mesh\":0}]," MESH(",\"indices\":1") BUFFER ACCESSORS(7), "accessor 1"},
        {ASSET SCENE "\"nodes\":[{\"mesh\":0}]," MESH(",\"indices\":1") BUFFER ACCESSORS(0), "accessor 1"},
        {ASSET SCENE "\"nodes\":[{\"mesh\":0}]," MESH(",\"indices\":1") BUFFER ACCESSORS(9223372036854775807),
         "accessor 1"},
        {ASSET SCENE "\"nodes\":[{\"mesh\":0}]," MESH(",\"indices\":0") BUFFER ACCESSORS(6), "accessor 0"},
        {ASSET SCENE
         "\"nodes\":[{\"mesh\":0}]," MESH("") "\"accessors\":[{\"componentType\":5126,\"count\":5,\"type\":\"VEC3\"}]}",
         "sparse or compressed"},
        {ASSET SCENE "\"nodes\":[{\"mesh\":0}]," MESH(
             "") "\"buffers\":[{\"byteLength\":73}],\"bufferViews\":[{\"buffer\":0}]," ACCESSORS(6),
         "smaller than it states"},
        {ASSET SCENE "\"nodes\":[{\"mesh\":0}]," MESH(
             "") "\"buffers\":[{\"uri\":\"data:,A!\"}],\"bufferViews\":[{\"buffer\":0}]," ACCESSORS(6),
         "no base64"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        glb g = square_of(bad[i].document);
        assert_refuses(head_gltf_read, g.at, g.size, bad[i].says);
    }
    /* an index beyond the vertices */
    square far = flat;
    far.index[4] = 5;
    glb g =
        glb_of(ASSET SCENE "\"nodes\":[{\"mesh\":0}]," MESH(",\"indices\":1") BUFFER ACCESSORS(6), &far, sizeof far);
    assert_refuses(head_gltf_read, g.at, g.size, "names a vertex that is not in the file");
}

/* Nodes, and brackets, nested in each other as deep as a file can say. */
static void depth_is_bounded(void **state)
{
    (void)state;
    size_t n = 100000, used;
    char *text = malloc(40 * n);
    assert_non_null(text);
    used = (size_t)sprintf(text, ASSET SCENE "\"nodes\":[");
    for (size_t i = 1; i < n; i++)
        used += (size_t)sprintf(text + used, "{\"children\":[%zu]},", i);
    used += (size_t)sprintf(text + used, "{}]}");
    assert_refuses(head_gltf_read, text, used, "node 201: it is nested more than 200 nodes deep");
    memset(text, '[', 40 * n);
    assert_refuses(head_gltf_read, text, 40 * n, "more than 2000000 values");
    assert_refuses(head_gltf_read, text, n, "no glTF");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(primitives_of_every_mode),  cmocka_unit_test(quantised_places),
        cmocka_unit_test(nodes_stand_in_each_other), cmocka_unit_test(buffers_in_the_document),
        cmocka_unit_test(rotations_are_made_whole),  cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(depth_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
