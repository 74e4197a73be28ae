/* Exports of points: CSV, clouds, JSON. */
#include <stdio.h>

#include "report/export.h"

#include "../test.h"
#include "small_plan.h"

static char *exported(const char *format, int session)
{
    small_plan s;
    small_plan_init(&s);
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    np_error err = {0};
    assert_int_equal(
        np_export(np_exporter_find(format), &(np_export_request){.plan = &s.plan, .session = session}, f, &err), NP_OK);
    fclose(f);
    return text;
}

static size_t lines_of(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

static void csv_has_exactly_its_columns(void **state)
{
    (void)state;
    char *text = exported("csv", 0);
    static const char head[] =
        "id,session,order,x,y,z,nx,ny,nz,ax,ay,az,depth_mm,tilt_deg,tone,dwell_ms,layer,density_per_cm2,pin\n";
    assert_memory_equal(text, head, strlen(head));
    assert_int_equal(lines_of(text), 10);
    static const char first[] =
        "1,1,0,0.000,0.000,0.000,0.000000,0.000000,1.000000,0.000000,0.000000,-1.000000,0.500,0.0000,"
        "0.250000,30.000,\"a \"\"b\"\", c\",25.000,0\n";
    assert_memory_equal(text + strlen(head), first, strlen(first));
    assert_non_null(strstr(text, "\n9,2,4,4.000,4.000,"));
    free(text);
    text = exported("csv", 2);
    assert_int_equal(lines_of(text), 6);
    free(text);
}

static void clouds_and_json_hold_every_dot(void **state)
{
    (void)state;
    char *text = exported("xyz", 0);
    assert_int_equal(lines_of(text), 9);
    free(text);
    text = exported("ply", 1);
    assert_non_null(strstr(text, "element vertex 4\n"));
    assert_int_equal(lines_of(strstr(text, "end_header\n")), 5);
    free(text);
    text = exported("json", 0);
    assert_non_null(strstr(text, "\"units\": \"mm\""));
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, "\"id\":")); p++)
        n++;
    assert_int_equal(n, 9);
    free(text);
}

static void what_cannot_be_written_is_said(void **state)
{
    (void)state;
    small_plan s;
    small_plan_init(&s);
    np_error err = {0};
    assert_int_equal(
        np_export(np_exporter_find("csv"), &(np_export_request){.plan = &s.plan, .session = 3}, stdout, &err),
        NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "sessions 1 to 2"));
    /* that a stream is full is its owner's to say, who knows the file's name */
    static const char *const formats[] = {"csv", "json"};
    for (int i = 0; i < 2; i++) {
        FILE *full = fopen("/dev/full", "w");
        assert_non_null(full);
        setvbuf(full, NULL, _IONBF, 0);
        assert_int_equal(
            np_export(np_exporter_find(formats[i]), &(np_export_request){.plan = &s.plan, .session = 0}, full, &err),
            NP_OK);
        assert_true(ferror(full));
        fclose(full);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_has_exactly_its_columns),
        cmocka_unit_test(clouds_and_json_hold_every_dot),
        cmocka_unit_test(what_cannot_be_written_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
