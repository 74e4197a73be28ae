/* Exports: what a plan holds, in forms that other programs read. */
#ifndef NP_REPORT_EXPORT_H
#define NP_REPORT_EXPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "plan/plan.h"
#include "robot/ur.h"
#include "stream/register.h"

/* What is asked for.  All borrowed. */
typedef struct np_export_request {
    const np_plan *plan;
    const char *path; /* the plan's file, which holds the journal; needed by record; NULL: there is none */
    int session;      /* 0: all; for_machine: 1.. */
    const np_registration *registration; /* for_machine: head frame to machine frame */
    int piece;                           /* urscript: of the session, 1..; 0 for all of it where that is one piece */
    double lift_mm, tilt_max_deg;        /* gcode: as of np_gantry_settings */
    double plunge_mm_s;                  /* for_machine: speed down into the skin and up */
    const np_ur *robot; /* urscript: the arm that is to follow; NULL: any, and nothing is known of it */
    double mount_rad;   /* urscript: between the needle's axis and the flange's */
    const char *
        leave; /* for_machine: lines that say by whom the plan is approved, and what is not kept (stream/leave.h); NULL: nobody asked */
    char *note; /* [note_size]: what the person should know of what was written; "" if nothing */
    size_t note_size;
} np_export_request;

/* One form.  To add one: a file export_NAME.c that defines np_exporter_NAME, and its row in the table. */
typedef struct np_exporter {
    bool for_machine; /* a program in the machine's frame: wants a registration and one session */
    /* Writes to OUT.  Whether OUT took it all is checked by np_export. */
    np_status (*write)(const np_export_request *request, FILE *out, np_error *err);
    bool of_the_past;    /* what was made, not what is to be made: shown whatever the envelope says of it */
    const char *options; /* of those that only some forms use, the ones that this does, "fiducials plunge"; "": none */
} np_exporter;

/* name, what it is */
#define NP_EXPORTER_TABLE(X)                                                                                           \
    X(csv, "a table, a dot a line")                                                                                    \
    X(json, "one JSON document")                                                                                       \
    X(ply, "a point cloud for MeshLab and CloudCompare")                                                               \
    X(xyz, "places alone, a dot a line")                                                                               \
    X(vtp, "VTK PolyData with all that is known of a dot, for ParaView and 3D Slicer")                                 \
    X(record, "what was made so far, as a table")                                                                      \
    X(gcode, "a program for gantries with grbl, to run offline, without a journal")                                    \
    X(urscript, "a program for Universal Robots arms, to run offline, without a journal")

#define NP_EXPORTER_DECLARATION(name, help) extern const np_exporter np_exporter_##name;
NP_EXPORTER_TABLE(NP_EXPORTER_DECLARATION)
#undef NP_EXPORTER_DECLARATION

/* "csv|json|..." and " csv: a table; ...", for a command's options */
#define NP_EXPORTER_CHOICE(name, help) "|" #name
#define NP_EXPORTER_CHOICES (&(NP_EXPORTER_TABLE(NP_EXPORTER_CHOICE))[1])
#define NP_EXPORTER_HELP_ITEM(name, help) " " #name ": " help "."
#define NP_EXPORTER_HELP NP_EXPORTER_TABLE(NP_EXPORTER_HELP_ITEM)

/* Whether OPTION, by its name, is one of EXPORTER's. */
bool np_exporter_uses(const np_exporter *exporter, const char *option);
/* The names of the exporters that use OPTION, "gcode, urscript", into TEXT, which has room for all names. */
void np_exporter_list_users(const char *option, char *text, size_t size);

/* NULL if there is none of that NAME. */
const np_exporter *np_exporter_find(const char *name);

/* Writes what REQUEST asks for.  NP_ERR_INVALID for a session that the plan does not have, NP_ERR_USAGE where a registration is
 * missing, NP_ERR_INCOMPLETE where all is written but dots that the machine cannot make as the head lies, NP_ERR_UNSAFE where it can make
 * none, where the registration of a program has a residual above NP_GANTRY_RESIDUAL_MM, where a dot of the plan does not pass the envelope (but for what was made already), where the journal has an outcome of a dot that a
 * program would make,
 * and what the exporter says.  Whether OUT took everything is its owner's to find out.  Any thread. */
np_status np_export(const np_exporter *exporter, const np_export_request *request, FILE *out, np_error *err);

/* For exporters: the next dot of the asked sessions in the plan's order from *INDEX on, which moves behind it; NULL at the end. */
const np_dot *np_export_next(const np_export_request *request, size_t *index);
/* How many dots that are. */
size_t np_export_count(const np_export_request *request);
/* A text from outside as a field of a table: fit to be shown, in quotes, with quotes doubled (RFC 4180). */
void np_export_quoted(const char *text, FILE *out);

#endif
