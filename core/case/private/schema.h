/* The schema of needlepath's YAML files, in one table: keys and types for libcyaml, and for every number
 * its range, its default and where these come from.  Internal. */
#ifndef NP_CASE_PRIVATE_SCHEMA_H
#define NP_CASE_PRIVATE_SCHEMA_H

#include <cyaml/cyaml.h>

#include "case/case.h"
#include "case/description.h"
#include "case/fiducials.h"
#include "case/palette.h"

/* What libcyaml's table cannot say of the number KEY of the mapping FIELDS. */
typedef struct case_schema_number {
    const cyaml_schema_field_t *fields;
    const char *key;
    double min, max; /* inclusive */
    double fallback; /* where the key is absent and optional */
    const char *unit, *why;
} case_schema_number;

extern const cyaml_schema_value_t case_schema;             /* a np_case */
extern const cyaml_schema_value_t case_description_schema; /* a np_scan_description */
extern const cyaml_schema_value_t case_fiducials_schema;   /* a np_fiducials */
extern const cyaml_schema_value_t case_palette_schema;     /* a np_palette */

/* Parts of a case that shapes.c checks and reads: lists of shapes, a region inside of another, and lists of points,
 * or the file that they are in. */
extern const cyaml_schema_value_t case_regions_schema, case_curves_schema, case_point_sets_schema, case_strokes_schema;
extern const cyaml_schema_value_t case_member_schema;
extern const cyaml_schema_value_t case_drawn_schema;
extern const cyaml_schema_value_t case_painted_schema, case_map_schema; /* of a region, and of a density */
extern const cyaml_schema_value_t case_outline_schema, case_curve_schema, case_points_schema, case_whorls_schema;

/* One name of the list "accept"; and what to say of WORD, which is no such name: that it never will be one ("eye"), or whose part it is ("jaw"); "" of any other. */
extern const cyaml_schema_value_t case_accept_schema;
const char *case_accept_says_of(const char *word);

/* NULL if the number has no row (a coordinate). */
const case_schema_number *case_schema_number_find(const cyaml_schema_field_t *fields, const char *key);

/* Any coordinate beyond this is a mistake: 10 m, in whatever unit. */
#define CASE_SCHEMA_COORDINATE_MAX 1e4
/* Of one list, in the case or in a file that it names. */
#define CASE_SCHEMA_NAME_MAX 64 /* bytes of a name */
#define CASE_SCHEMA_POINTS_MAX 1000000

#endif
