/* The description of a scan: the YAML file beside a mesh with landmarks and outlines.  `needlepath head`
 * writes one, `needlepath case new --scan FILE.yaml` starts a case from one. */
#ifndef NP_CASE_DESCRIPTION_H
#define NP_CASE_DESCRIPTION_H

#include <stdio.h>

#include "case/case.h"

/* Shapes that templates draw on; a scan need not have all of them (n = 0). */
typedef struct np_scan_description {
    np_case_scan scan;
    np_case_points scalp_outline;   /* border of the hair-bearing scalp */
    np_case_points frontal_outline; /* what a receding hairline leaves bare */
    np_case_points crown_outline;
    np_case_points fut_scar;      /* open curve */
    np_case_points facelift_scar; /* open curve in front of and above the left ear */
    np_case_points fue_scars;     /* centres of small round scars */
} np_scan_description;

/* Reads a description; SCAN.file is resolved against the YAML file's folder.  Zero-initialise; fini is safe
 * on zero. */
np_status np_scan_description_read(const char *path, np_scan_description *out, np_error *err);
/* The same of a TEXT, here and now, for the helper process in which the other one has it taken apart; SCAN.file stays as it stands there. */
np_status np_scan_description_parse(const char *path, const char *text, size_t size, np_scan_description *out,
                                    np_error *err);
void np_scan_description_fini(np_scan_description *description);
/* Writes it as YAML; write errors are left in STREAM. */
void np_scan_description_write(const np_scan_description *description, FILE *stream);

#endif
