/* Everything we read that is YAML: the case file, the description of a scan, fiducials, palettes.  One text, all four
 * readers: what is a case to one is a wrong file to the others, which has to end in an error as well. */
#include "case/case.h"
#include "case/description.h"
#include "case/fiducials.h"
#include "case/palette.h"
#include "fuzz.h"

static void check_case(const uint8_t *data, size_t size)
{
    np_error err = {0};
    np_case *c = NULL;
    np_status status = np_case_parse("/nonexistent/case.yaml", (const char *)data, size, &c, &err);
    NP_FUZZ_EXPECT((status == NP_OK) == (c != NULL));
    NP_FUZZ_EXPECT(status == NP_OK || err.text[0]);
    if (c) /* what the envelope relies on */
        NP_FUZZ_EXPECT(c->limits.depth_min_mm >= 0.3 && c->limits.depth_max_mm <= 1.5 && c->n_sessions >= 1 &&
                       c->n_sessions <= NP_CASE_MAX_SESSIONS && c->sessions[c->n_sessions - 1].cumulative == 1);
    np_case_destroy(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char path[] = "fuzz.yaml";
    check_case(data, size);
    np_error err = {0};
    np_scan_description description = {0};
    np_status status = np_scan_description_parse(path, (const char *)data, size, &description, &err);
    NP_FUZZ_EXPECT(status == NP_OK || err.text[0]);
    np_scan_description_fini(&description);
    np_fiducials fiducials = {0};
    status = np_fiducials_parse(path, (const char *)data, size, &fiducials, &err);
    NP_FUZZ_EXPECT(status == NP_OK ? fiducials.n >= 3 : err.text[0]);
    np_fiducials_fini(&fiducials);
    np_palette palette = {0};
    status = np_palette_parse(path, (const char *)data, size, &palette, &err);
    NP_FUZZ_EXPECT(status == NP_OK ? palette.n >= 1 : err.text[0]);
    np_palette_fini(&palette);
    return 0;
}
