/* diffuse_density on the test host: what it makes up for, where it fades, and what it refuses to guess. */
#include <needlepath/plugin_test.h>

static const double crown[3] = {-30, 0, 120};

static np_test *begin(double hair_per_cm2)
{
    np_test *t = np_test_begin(np_plugin_entry_v1(), "diffuse_density");
    np_test_draw_region(t, "region", crown, 45);
    np_test_set_hair(t, hair_per_cm2);
    np_test_set(t, "variation", 0);
    return t;
}

/* What grows there counts towards the target. */
static int makes_up_for_what_is_missing(void)
{
    int failures = 0;
    for (int hair = 0; hair <= 80; hair += 20) {
        np_test *t = begin(hair);
        NP_TEST_EXPECT(t, np_test_run(t) == 0);
        NP_TEST_NEAR(t, np_test_at(t, crown[0], crown[1], crown[2]).density_per_cm2, hair < 60 ? 60 - hair : 0, 1e-9);
        failures += np_test_end(t);
    }
    return failures;
}

static int fades_towards_its_border(void)
{
    np_test *t = begin(0);
    uint32_t n;
    double x = crown[0], z = crown[2] - NP_TEST_MIDDLE_Z_MM;
    NP_TEST_EXPECT(t, np_test_run(t) == 0);
    const np_test_dot *dots = np_test_dots(t, &n);
    NP_TEST_NEAR(t, n, 2000, 0);
    for (uint32_t i = 0; i < n; i++) {
        /* 45 mm along the ball is half a radian */
        double cosine = (dots[i].x * x + (dots[i].z - NP_TEST_MIDDLE_Z_MM) * z) / (90 * 85.44003745317531);
        if (cosine < 0.8775825618903728)
            NP_TEST_NEAR(t, dots[i].coverage, 0, 0);
        else if (cosine > 0.9254)
            NP_TEST_NEAR(t, dots[i].coverage, 1, 0);
        NP_TEST_EXPECT(t, dots[i].tilt_rad <= 10 * 3.1415926535897932 / 180);
    }
    return np_test_end(t);
}

static int wants_its_region(void)
{
    np_test *t = np_test_begin(np_plugin_entry_v1(), "diffuse_density");
    int failed = np_test_run(t) != 0;
    return !failed | (np_test_end(t) != 1);
}

int main(void)
{
    return makes_up_for_what_is_missing() + fades_towards_its_border() + wants_its_region() > 0;
}
