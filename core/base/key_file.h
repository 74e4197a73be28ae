/* Key files: text of one line, "LABEL NAME KEY".  What the key means is its reader's business. */
#ifndef NP_BASE_KEY_FILE_H
#define NP_BASE_KEY_FILE_H

#include "base/status.h"

#define NP_KEY_FILE_NAME_BYTES 64 /* of a name, at most */
#define NP_KEY_FILE_TEXT_ROOM 160 /* of a key as text, with the closing zero */

/* A pair's secret half stands before its public one; the operator's there are two of, either of which is read where the secret one
 * is asked for.
 * X(kind, label, which it is of a pair ("" if it has none), how the key is written, what writes such files) */
#define NP_KEY_FILE_TABLE(X)                                                                                           \
    X(OPERATOR_SEALED, "needlepath-secret-key-v2", "secret", "BASE64", "needlepath keys new")                          \
    X(OPERATOR_SECRET, "needlepath-secret-key-v1", "secret", "BASE64", "needlepath keys new")                          \
    X(OPERATOR_PUBLIC, "needlepath-public-key-v1", "public", "BASE64", "needlepath keys new")                          \
    X(LINK, "needlepath-link-key-v1", "", "BASE64", "needlepath keys link")                                            \
    X(CURVE_SECRET, "needlepath-curve-secret-key-v1", "secret", "Z85", "needlepath keys curve")                        \
    X(CURVE_PUBLIC, "needlepath-curve-public-key-v1", "public", "Z85", "needlepath keys curve")

#define NP_KEY_FILE_ENUM(kind, label, half, form, maker) NP_KEY_FILE_##kind,
typedef enum np_key_file { NP_KEY_FILE_TABLE(NP_KEY_FILE_ENUM) NP_KEY_FILE_COUNT } np_key_file;
#undef NP_KEY_FILE_ENUM

typedef struct np_key_line {
    np_key_file kind; /* that was read: OPERATOR_SEALED or what was asked for */
    char name[NP_KEY_FILE_NAME_BYTES + 1];
    char key[NP_KEY_FILE_TEXT_ROOM];
} np_key_line;

/* Checks a name for a new key: 1 to 64 bytes without blanks or control characters.  NP_ERR_INVALID. */
np_status np_key_file_check_name(const char *name, np_error *err);

/* Reads the line of PATH, of KIND; the caller wipes *OUT_LINE.  Before a secret one is read the process's memory is closed (base/secrets.h).  NP_ERR_IO; NP_ERR_INVALID for one that is not public and that
 * others may read; NP_ERR_FORMAT through np_key_file_bad if it is another kind of file, or more than the one line. */
np_status np_key_file_read(const char *path, np_key_file kind, np_key_line *out_line, np_error *err);

/* NP_ERR_FORMAT: the key in PATH, which should be of KIND, cannot be one. */
np_status np_key_file_bad(const char *path, np_key_file kind, np_error *err);

/* Writes KEY under NAME to PATH, which must not be there; 0644 for a public key, else for its owner alone. */
np_status np_key_file_write(const char *path, np_key_file kind, const char *name, const char *key, np_error *err);

/* Writes a pair: PUBLIC_KEY to PATH.pub, then SECRET_KEY to PATH, of SECRET and the next public kind; all or nothing. */
np_status np_key_file_write_pair(const char *path, np_key_file secret, const char *name, const char *secret_key,
                                 const char *public_key, np_error *err);

#endif
