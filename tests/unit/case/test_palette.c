/* Palette files, and what is wrong with them. */
#include "case/palette.h"

#include <stdio.h>
#include <unistd.h>

#include "../test.h"

static np_status read_text(const char *text, np_palette *out, np_error *err)
{
    char path[] = "/tmp/np_palette_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    np_status status = np_palette_read(path, out, err);
    unlink(path);
    return status;
}

static void shades_are_read(void **state)
{
    (void)state;
    np_palette p;
    np_error err = {0};
    assert_int_equal(
        read_text("palette:\n  - {name: dark, dilution: 6, lot: A12, expires: 2027-05-31, lab: [24, 0.5, -1]}\n"
                  "  - {name: light, dilution: 20, stock_percent: 12}\n",
                  &p, &err),
        NP_OK);
    assert_int_equal(p.n, 2);
    assert_string_equal(p.shades[0].lot, "A12");
    assert_near(p.shades[0].lab.z, -1, 0);
    assert_near(p.shades[0].stock_percent, 15, 0);
    assert_null(p.shades[1].lot);
    assert_near(p.shades[1].lab.x, 0, 0);
    assert_true(np_palette_expired(&p.shades[0], "2027-06-01"));
    assert_false(np_palette_expired(&p.shades[0], "2027-05-31"));
    assert_false(np_palette_expired(&p.shades[1], "2099-01-01"));
    np_palette_fini(&p);
    np_palette_fini(&p);
}

static void what_is_wrong_is_named(void **state)
{
    (void)state;
    const struct {
        const char *text, *says;
    } bad[] = {{"palette: []\n", "palette"},
               {"palette:\n  - {dilution: 6}\n", "name"},
               {"palette:\n  - {name: a}\n", "dilution"},
               {"palette:\n  - {name: a, dilution: -1}\n", "dilution"},
               {"palette:\n  - {name: a, dilution: 6, stock_percent: 90}\n", "stock_percent"},
               {"palette:\n  - {name: a, dilution: 6, lab: [120, 0, 0]}\n", "lab"},
               {"palette:\n  - {name: a, dilution: 6, expires: 31.5.2027}\n", "2027-05-31"},
               {"palette:\n  - {name: a, dilution: 6, expires: 2027-13-01}\n", "expires"},
               {"palette:\n  - {name: a, dilution: 6, expires: 2027-02-29}\n", "expires"},
               {"palette:\n  - {name: a, dilution: 6}\n  - {name: a, dilution: 9}\n", "already"},
               {"palette:\n  - {name: a, dilution: 6, colour: red}\n", "colour"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        np_palette p;
        np_error err = {0};
        assert_int_not_equal(read_text(bad[i].text, &p, &err), NP_OK);
        if (!strstr(err.text, bad[i].says))
            fail_msg("'%s' does not say '%s'", err.text, bad[i].says);
    }
    np_palette p;
    np_error err = {0};
    assert_int_equal(np_palette_read("/no/such.yaml", &p, &err), NP_ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shades_are_read), cmocka_unit_test(what_is_wrong_is_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
