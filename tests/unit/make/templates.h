/* Cases from templates for the built-in head, a word of them changed, and their plans. */
#ifndef TEST_MAKE_TEMPLATES_H
#define TEST_MAKE_TEMPLATES_H

#include "../plan/fixture.h"
#include "case/template.h"
#include "make/make.h"

#include "head/head.h"
#include "head/scan.h"

static np_scan_description description;

static int make_description(void **state)
{
    (void)state;
    np_mesh mesh = {0};
    np_error err = {0};
    np_status status = np_head_create(NP_CASE_SEX_M, 50, &mesh, &description, &err);
    np_mesh_fini(&mesh);
    return status == NP_OK ? 0 : -1;
}

static int free_description(void **state)
{
    np_scan_description_fini(&description);
    return fixture_remove(state);
}

/* The case of TEMPLATE; where WHAT is not NULL, with its first WHAT replaced by BY. */
static np_case *new_case(const char *template_name, const char *what, const char *by)
{
    char *text = NULL, *changed = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    np_error err = {0};
    if (np_case_template_write(template_name, &description, f, &err) != NP_OK)
        fail_msg("%s", err.text);
    fclose(f);
    if (what) {
        char *at = strstr(text, what);
        assert_non_null(at);
        changed = malloc(size + strlen(by) + 1);
        sprintf(changed, "%.*s%s%s", (int)(at - text), text, by, at + strlen(what));
        free(text);
        text = changed;
    }
    np_case *c;
    if (np_case_parse(template_name, text, strlen(text), &c, &err) != NP_OK)
        fail_msg("%s", err.text);
    free(text);
    return c;
}

static np_plan *make(const np_case *c)
{
    np_plan *plan = NULL;
    np_make_timing timing;
    np_error err = {0};
    if (np_make_plan(c, NULL, &plan, &timing, NULL, &err) != NP_OK)
        fail_msg("%s", err.text);
    assert_true(timing.scan_s >= 0);
    assert_true(timing.tour_s >= 0);
    return plan;
}

static np_plan *make_changed(const char *template_name, const char *what, const char *by)
{
    np_case *c = new_case(template_name, what, by);
    np_plan *plan = make(c);
    np_case_destroy(c);
    return plan;
}

#endif
