/* Side files: what a case or its maker is given by others, drawn, found or measured in other programs.  They are taken apart where they can do no
 * harm: in a helper process (core/case/reader), which gets a file's bytes and can open nothing, and gives back points or a description.
 * The case file itself is the user's own.  Internal. */
#ifndef NP_CASE_PRIVATE_SIDE_H
#define NP_CASE_PRIVATE_SIDE_H

#include "case/description.h"
#include "case/fiducials.h"
#include "case/measured.h"
#include "case/private/drawn.h"
#include "case/private/made.h"
#include "case/private/pass.h"

#define CASE_SIDE_READER "needlepath-side-reader"
#define CASE_SIDE_MAX_BYTES (64u << 20) /* of a file */
/* Of one in YAML, which takes a fifth of a second of processor time for so much of it: 25,000 points in outlines. */
#define CASE_SIDE_YAML_MAX_BYTES (1u << 20)
#define CASE_MEASURED_NUMBER_MAX 1e9

typedef enum case_side_kind {
    CASE_SIDE_DRAWN,
    CASE_SIDE_EXISTING,
    CASE_SIDE_MADE,
    CASE_SIDE_DESCRIPTION,
    CASE_SIDE_PALETTE,
    CASE_SIDE_FIDUCIALS,
    CASE_SIDE_MEASURED,
    CASE_SIDE_MEASURED_IN_PIXELS,
    CASE_SIDE_KINDS
} case_side_kind;

/* What is found in one, by its kind. */
typedef union case_side_found {
    case_drawn drawn;
    np_case_points existing;
    case_made made;
    np_scan_description description;
    np_palette palette;
    np_fiducials fiducials;
    np_measured measured;
} case_side_found;

/* The planner's question: kind CASE_SIDE_FILE, a case_side_kind, the path as a text (for messages), the size (u64) and the bytes of the file.  The answers:
 * what was found (case_side_pass), or a status and a sentence. */
#define CASE_SIDE_FILE 1u
#define CASE_SIDE_FOUND 100u
#define CASE_SIDE_FAILED 101u

/* Has the SIZE bytes of TEXT, a file's that was opened as PATH, taken apart in a helper.  *OUT, zero after an error, is the caller's to free by
 * its kind; paths in it are as the file has them.  Errors begin with PATH; NP_ERR_FORMAT also where the helper fails, with the reason. */
np_status case_side_read(case_side_kind kind, const char *path, const char *text, size_t size, case_side_found *out,
                         np_error *err);

/* Reads the text file at PATH, of at most LIMIT bytes, and has it taken apart so; OUT_SHA256: of its bytes, as text; NULL: nobody asks. */
np_status case_side_read_file(case_side_kind kind, const char *path, size_t limit, char out_sha256[65],
                              case_side_found *out, np_error *err);

/* For the helper: the same, here and now; TEXT, with a 0 byte behind it, is written over. */
np_status case_side_take_apart(case_side_kind kind, const char *path, char *text, size_t size, case_side_found *out,
                               np_error *err);
/* One end of the way that FOUND takes; see case_pass. */
void case_side_pass(case_pass *pass, case_side_kind kind, case_side_found *found);
void case_side_fini(case_side_kind kind, case_side_found *found);

#endif
