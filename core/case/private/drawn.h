/* Points that were drawn in another program: 3D Slicer, MeshLab, CloudCompare, or anything that writes lists.  Internal. */
#ifndef NP_CASE_PRIVATE_DRAWN_H
#define NP_CASE_PRIVATE_DRAWN_H

#include <stddef.h>

#include "case/case.h"
#include "case/private/fields.h"

#define CASE_DRAWN_VALUES_MAX CASE_FIELDS_MAX /* that points have beside their places */
/* More than anybody draws; what a file of any size may say is so read within a second of processor time (docs/benchmarks.md). */
#define CASE_DRAWN_POINTS_MAX 250000
#define CASE_DRAWN_NUMBERS_MAX 1000000 /* of all values of all points */

/* What the program that drew them took the scan's file for: 3D Slicer turns x and y of everything that it takes for LPS. */
typedef enum case_drawn_frame { CASE_DRAWN_ANY, CASE_DRAWN_LPS, CASE_DRAWN_RAS } case_drawn_frame;

/* What a case says of such a file. */
typedef struct case_drawn_source {
    char *file;
    case_drawn_frame frame;
} case_drawn_source;

typedef struct case_drawn {
    const char *path; /* for messages; borrowed */
    np_vec3 *points;
    char **labels;    /* of each point, "" without one */
    double *radii_mm; /* of each point, NULL in most files; NAN where the file does not say of what unit */
    size_t n, point_capacity, label_capacity, radius_capacity;
    np_case_drawn_as as;
    case_drawn_frame frame; /* that the points are in; ANY of files that are the scan's coordinates as they stand */
    np_case_values *values; /* room for CASE_DRAWN_VALUES_MAX; NULL for none */
    unsigned n_values;
    size_t value_capacity[CASE_DRAWN_VALUES_MAX], n_numbers;
    char sha256[65]; /* of the file */
} case_drawn;

/* Reads the file at PATH (which OUT borrows) in a helper process (side.h), of the kind that its name ends with: .mrk.json, .json, .fcsv, .pp, .csv, .txt, .xyz, .asc.  The points come out in
 * the coordinates of the scan's file, which the program took for FRAME (ANY: LPS, as 3D Slicer does).  NP_ERR_IO, NP_ERR_FORMAT and
 * NP_ERR_INVALID begin with PATH.  case_drawn_fini is safe after an error. */
np_status case_drawn_read(const char *path, case_drawn_frame frame, case_drawn *out, np_error *err);
void case_drawn_fini(case_drawn *drawn);

/* For the helper: the SIZE bytes of TEXT, with a 0 byte behind it, which is written over; points as they stand there, in OUT's frame.
 * The sha256 is left empty. */
np_status case_drawn_parse(const char *path, char *text, size_t size, case_drawn *out, np_error *err);

#define CASE_DRAWN_RADIUS_MAX_MM 100.0

/* For the readers of each kind: appends a point; LABEL may be NULL.  NP_ERR_INVALID where it is no place on a scan. */
np_status case_drawn_add(case_drawn *drawn, np_vec3 point, const char *label, np_error *err);
/* Gives the last point its radius; in a file that gives them every point has one. */
np_status case_drawn_add_radius(case_drawn *drawn, double radius_mm, np_error *err);
/* For the readers: which of the values of the points is named NAME, by its id, which is NAME in lower case; a new one if need be.  *OUT is UINT_MAX
 * where that is no id (values.h), so nobody's value. */
np_status case_drawn_name_value(case_drawn *drawn, const char *name, unsigned *out, np_error *err);
/* TEXT as value V of the point that was added last; an empty one is none. */
np_status case_drawn_set_value(case_drawn *drawn, unsigned v, const char *text, np_error *err);
/* NUMBER as value V of POINT, from 0; NAN for what is no number. */
np_status case_drawn_set_number(case_drawn *drawn, unsigned v, size_t point, double number, np_error *err);
/* What a person wrote about the last point: each "id = number" in TEXT is a value of it, all else is not for us. */
np_status case_drawn_describe(case_drawn *drawn, const char *text, np_error *err);
/* When all points are read: a number, or NAN, of each of them. */
np_status case_drawn_end_values(case_drawn *drawn, np_error *err);
/* For the readers, each of a whole file's TEXT of SIZE bytes with a 0 byte behind it. */
np_status case_drawn_read_slicer(case_drawn *drawn, const char *text, size_t size, np_error *err);
np_status case_drawn_read_meshlab(case_drawn *drawn, const char *text, size_t size, np_error *err);
np_status case_drawn_read_list(case_drawn *drawn, char *text, np_error *err);

#endif
