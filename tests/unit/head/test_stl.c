/* STL as programs write it. */
#include <endian.h>

#include "mesh_readers.h"

#define FACET(normal)                                                                                                  \
    "facet normal " normal "\n outer loop\n  vertex 1 2 3\n  vertex 4 5.5 6\n  vertex 7 8 1e1\n endloop\nendfacet\n"

static void text_as_it_should_be(void **state)
{
    (void)state;
    const char *text = "solid a head of facets\n" FACET("0 0 1") FACET("0 0 1") "endsolid a head of facets\n";
    np_mesh mesh = read_as(head_stl_read, text, strlen(text), 6, 2);
    assert_true(mesh.vertices[1].y == 5.5);
    assert_true(mesh.vertices[5].z == 10);
    assert_int_equal(mesh.triangles[1].v[2], 5);
    np_mesh_fini(&mesh);
}

static void text_as_it_comes(void **state)
{
    (void)state;
    assert_reads(head_stl_read, "solid\n" FACET("-1.#IND -1.#IND -1.#IND") "endsolid", 3, 1);
    assert_reads(head_stl_read, "solid\n" FACET("nan -nan(ind) 1.#QNAN") "endsolid\n\n", 3, 1);
    assert_reads(head_stl_read, "\n\t solid x\r\n" FACET("0 0 1") "endsolid x\r\n\x1A", 3, 1);
    assert_reads(head_stl_read,
                 "SOLID X\rFACET NORMAL 0 0 1\rOUTER LOOP\rVERTEX 1,5 2,5 3,5\rVERTEX 1 2 3\rVERTEX 0 0 0\rENDLOOP\r"
                 "ENDFACET\rENDSOLID X\r",
                 3, 1);
    assert_reads(head_stl_read,
                 "solid left\n" FACET("0 0 1") "endsolid left\nsolid right\n" FACET("0 0 1") "endsolid right\n", 6, 2);
    char padded[300] = "solid\n" FACET("0 0 1") "endsolid\n"; /* filled up with zeros */
    np_mesh mesh = read_as(head_stl_read, padded, sizeof padded, 3, 1);
    np_mesh_fini(&mesh);
}

static void text_that_is_none(void **state)
{
    (void)state;
    const char *text = "solid x\n" FACET("0 0 1") "endsolid x\n";
    assert_whole(head_stl_read, text, strlen(text), 4);
    assert_refuses_text(head_stl_read, "solid\nfacet normal 0 0 1\nouter loop\nvertex 1 2\nvertex 1 2 3\n",
                        "scan:4: the line ends where a coordinate is expected");
    assert_refuses_text(head_stl_read, "solid\nfacet normal 0 0 1\nouter loop\nvertex 1 2 3mm\n", "found '3mm'");
    assert_refuses_text(head_stl_read, "solid\n" FACET("0 0 1") "\nfillet 3\nendsolid\n", "expected facet or endsolid");
    assert_refuses_text(head_stl_read, "solid\n" FACET("0 0 1") "endsolid\n" FACET("0 0 1"), "expected solid");
    assert_refuses_text(
        head_stl_read,
        "solid\nfacet normal 0 0 1\nouter loop\nvertex 1 2 3\nvertex 1 2 3\nvertex 1 2 3\nvertex 1 2 3\n",
        "scan:7: expected endloop");
    /* A word as long as a file is not quoted, nor are control characters. */
    char word[5000] = "solid\nfacet normal 0 0 1\n\x1B[2J";
    memset(word + strlen(word), 'x', sizeof word - strlen(word) - 1);
    assert_refuses_text(head_stl_read, word, "'\\x1B[2Jxxxx");
}

static size_t binary(unsigned char *out, const char *header, uint32_t count, unsigned facets)
{
    memset(out, 0, 84 + 50 * facets);
    strcpy((char *)out, header);
    count = htole32(count);
    memcpy(out + 80, &count, sizeof count);
    for (unsigned f = 0; f < facets; f++)
        for (unsigned k = 0; k < 12; k++) {
            float value = k < 3 ? NAN : (float)(f + k);
            uint32_t bits;
            memcpy(&bits, &value, sizeof bits);
            bits = htole32(bits);
            memcpy(out + 84 + 50 * f + 4 * k, &bits, sizeof bits);
        }
    return 84 + 50 * facets;
}

static void binary_with_what_stands_around_it(void **state)
{
    (void)state;
    unsigned char data[400];
    size_t size = binary(data, "solid is how some begin, facet normal or not", 2, 2);
    assert_whole(head_stl_read, data, size, 1);
    np_mesh mesh = read_as(head_stl_read, data, size, 6, 2);
    assert_true(mesh.vertices[3].x == 4);
    assert_true(mesh.vertices[5].z == 12);
    np_mesh_fini(&mesh);
    memset(data + size, 0, 60);
    for (size_t more = 1; more < 60; more++) {
        if (more == 50)
            continue;
        mesh = read_as(head_stl_read, data, size + more, 6, 2);
        np_mesh_fini(&mesh);
    }
    /* A count that leaves whole facets out is in doubt: they may be a part of the head. */
    assert_refuses(head_stl_read, data, size + 50, "states 2 triangles and has the size of 3");
    size = binary(data, "", 0, 3);
    assert_refuses(head_stl_read, data, size, "states 0 triangles and has the size of 3");
    size = binary(data, "", UINT32_MAX, 3);
    assert_refuses(head_stl_read, data, size, "smaller than the number of triangles");
    assert_refuses(head_stl_read, data, 83, "neither a text nor a binary STL");
    assert_refuses(head_stl_read, data, 0, "cut short");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_as_it_should_be),
        cmocka_unit_test(text_as_it_comes),
        cmocka_unit_test(text_that_is_none),
        cmocka_unit_test(binary_with_what_stands_around_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
