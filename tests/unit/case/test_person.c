/* What blocks, delays and asks, by what a case says; what serves a reason; sessions that are too near. */
#include "../test.h"

#include "case/advice.h"

#define SCAR                                                                                                           \
    "needlepath: 1\ncurves: [{name: c, points: [[1, 2, 3], [4, 5, 6]]}]\nlayers: [{name: scar, strategy: scar_fill, "  \
    "curve: c}]\n"
#define DENSE                                                                                                          \
    "needlepath: 1\nregions: [{name: r, of: crown}]\nlayers: [{name: crown, strategy: diffuse_density, region: r}]\n"

static np_case *read_case(const char *text)
{
    np_case *c;
    np_error err = {0};
    if (np_case_parse("case.yaml", text, strlen(text), &c, &err) != NP_OK)
        fail_msg("%s: %s", text, err.text);
    return c;
}

static void each_finding_has_its_weight_and_source(void **state)
{
    (void)state;
    const struct {
        const char *text, *says; /* NULL: nothing of that weight */
        np_person_weight weight;
        const char *section;
    } cases[] = {
        {DENSE "person: {age_years: 17}\n", "under 18", NP_PERSON_BLOCKS, "6"},
        {DENSE "person: {age_years: 18}\n", NULL, NP_PERSON_BLOCKS, ""},
        {DENSE "person: {}\n", "how old is the person", NP_PERSON_ASKS, "6"},
        {DENSE "person: {age_years: 30, conditions: [keloids]}\n", "keloids: ", NP_PERSON_BLOCKS, "3, 6"},
        {DENSE "person: {age_years: 30, conditions: [keloids], cleared: [keloids], cleared_by: Dr Who}\n",
         "cleared by Dr Who", NP_PERSON_ASKS, "3, 6"},
        {DENSE "person: {age_years: 30, conditions: [blood_thinners]}\n", "ask the doctor", NP_PERSON_ASKS, "6"},
        {DENSE "person: {age_years: 30, conditions: [pregnant]}\n", "not during pregnancy", NP_PERSON_DELAYS, "6"},
        {DENSE "person: {age_years: 30, transplant_months: 5}\n", "a transplant 5 months ago", NP_PERSON_DELAYS, "6"},
        {DENSE "person: {age_years: 30, transplant_months: 8}\n", "some wait for 12", NP_PERSON_ASKS, "6"},
        {SCAR "person: {age_years: 30, scar_months: 5}\n", "a scar of 5 months", NP_PERSON_BLOCKS, "3"},
        {SCAR "person: {age_years: 30, scar_months: 24, scar_raised_mm: 0.6}\n", "raised by 0.6", NP_PERSON_BLOCKS,
         "3"},
        {SCAR "person: {age_years: 30, scar_months: 24, conditions: [red_scar]}\n", "stable, flat", NP_PERSON_BLOCKS,
         "3"},
        {SCAR "person: {age_years: 30, scar_months: 24, scar_raised_mm: 0.5}\n", NULL, NP_PERSON_BLOCKS, ""},
        {SCAR "person: {age_years: 30}\n", "how old is the scar", NP_PERSON_ASKS, "3"},
        {SCAR, "nobody has looked at the scar", NP_PERSON_ASKS, "3"},
        {SCAR "person: {scar_months: 24}\n", "nobody has looked at the scar", NP_PERSON_ASKS, "3"},
        {SCAR "person: {scar_seen_by: Anna}\n", "how old is the scar", NP_PERSON_ASKS, "3"},
        {SCAR "person: {age_years: 30, scar_months: 24, scar_seen_by: Anna}\nsessions: [{cumulative: 0.6, day: 0}, "
              "{cumulative: 1, day: 30}]\n",
         NULL, NP_PERSON_ASKS, ""},
        {DENSE "person: {age_years: 30, scar_months: 2}\n", NULL, NP_PERSON_BLOCKS, ""}, /* none of it is treated */
        {DENSE "sessions: [{cumulative: 0.5, day: 0}, {cumulative: 1, day: 4}]\n", "session 2 is 4 days",
         NP_PERSON_DELAYS, "1.6"},
        {DENSE "sessions: [{cumulative: 0.5, day: 0}, {cumulative: 1, day: 7}]\n", "is none left on the day",
         NP_PERSON_ASKS, "1.6"},
        {DENSE "sessions: [{cumulative: 0.5, day: 0}, {cumulative: 1, day: 9}]\n", "is none left on the day",
         NP_PERSON_ASKS, "1.6"},
        {DENSE "sessions: [{cumulative: 0.5, day: 0}, {cumulative: 1, day: 10}]\n", NULL, NP_PERSON_ASKS, ""},
        {DENSE "sessions: [{cumulative: 0.9, day: 0}, {cumulative: 1, day: 9}]\n", "session 1 makes 90 %",
         NP_PERSON_ASKS, "1.6"},
        {DENSE "sessions: [{cumulative: 0.3, day: 0}, {cumulative: 1, day: 9, tone: -0.1}]\n", "session 2 is lighter",
         NP_PERSON_ASKS, "1.6"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        np_case *c = read_case(cases[i].text);
        np_person_finding found[NP_PERSON_FINDINGS_MAX];
        size_t n = np_case_findings(c, found), hits = 0;
        for (size_t k = 0; k < n; k++) {
            bool same = found[k].weight == cases[i].weight;
            if (same && !cases[i].says)
                fail_msg("%s: found '%s'", cases[i].text, found[k].text);
            if (same && cases[i].says && strstr(found[k].text, cases[i].says)) {
                hits++;
                assert_string_equal(found[k].section, cases[i].section);
                assert_int_equal(strlen(found[k].sure), 1);
            }
            assert_true(k == 0 || found[k].weight >= found[k - 1].weight);
        }
        if (cases[i].says && hits != 1)
            fail_msg("%s: '%s' found %zu times", cases[i].text, cases[i].says, hits);
        np_case_destroy(c);
    }
}

/* The second session is due on the day on which the first scabs fall: it is asked for, and delays nothing. */
static void the_default_calendar_asks_for_scabs_alone(void **state)
{
    (void)state;
    np_case *c = read_case(DENSE);
    np_person_finding found[NP_PERSON_FINDINGS_MAX];
    assert_int_equal(np_case_findings(c, found), 1);
    assert_int_equal(found[0].weight, NP_PERSON_ASKS);
    assert_non_null(strstr(found[0].text, "session 2 is 7 days after session 1"));
    assert_false(c->has_person);
    np_case_destroy(c);
}

static void reasons_are_served_or_not(void **state)
{
    (void)state;
    np_case *scar = read_case(SCAR), *dense = read_case(DENSE "sessions: [{cumulative: 1, day: 90}]\n");
    char by[NP_CASE_SERVED_BYTES];
    assert_true(np_case_serves(scar, NP_PERSON_SCARS, by));
    assert_string_equal(by, "layer 'scar' (scar_fill)");
    assert_false(np_case_serves(dense, NP_PERSON_SCARS, by));
    assert_true(np_case_serves(dense, NP_PERSON_LOW_DENSITY, by));
    assert_false(np_case_serves(scar, NP_PERSON_LOW_DENSITY, by));
    assert_non_null(strstr(by, "no layer of diffuse_density"));
    assert_true(np_case_serves(scar, NP_PERSON_AFTER_TRANSPLANT, by));
    assert_true(np_case_serves(scar, NP_PERSON_QUICK_RESULT, by));
    assert_false(np_case_serves(dense, NP_PERSON_QUICK_RESULT, by));
    assert_true(np_case_serves(dense, NP_PERSON_NO_TRANSPLANT, by));
    np_case_destroy(scar);
    np_case_destroy(dense);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_finding_has_its_weight_and_source),
        cmocka_unit_test(the_default_calendar_asks_for_scabs_alone),
        cmocka_unit_test(reasons_are_served_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
