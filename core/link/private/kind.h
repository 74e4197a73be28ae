/* What each kind of link provides; the table of kinds is kinds.h. */
#ifndef NP_LINK_PRIVATE_KIND_H
#define NP_LINK_PRIVATE_KIND_H

#include "link/link.h"
#include "link/private/port.h"
#include "link/target.h"

/* A row of the table, as code. */
typedef struct link_kind {
    const char *scheme;  /* "serial": targets begin with "serial:" */
    const char *example; /* of a target, for messages */
    bool is_text;        /* carries lines of text (text.h), not frames */
    bool takes_keys;     /* can be encrypted with np_link_keys */
    /* Checks TARGET's address, which is what stands behind the scheme, and fills in the rest.  NULL, or what is wrong. */
    const char *(*parse)(np_link_target *target, bool listen);
    /* Whether others than this machine carry what goes over it.  NULL: never. */
    bool (*is_exposed)(const np_link_target *target);
    /* Opens a link that carries frames.  NULL for text. */
    np_status (*open)(const np_link_target *target, const np_link_options *options, np_link **out_link, np_error *err);
    /* Opens what carries bytes, for frames or for text.  NULL for a kind that carries messages by itself. */
    np_status (*open_port)(const np_link_target *target, link_port *out_port, np_error *err);
} link_kind;

/* What a link that is open does. */
typedef struct link_methods {
    const char *(*trouble)(const np_link *link);
    bool (*receive)(np_link *link, uint8_t *out_frame, size_t *out_size, np_link_peer *out_peer);
    bool (*can_send)(np_link *link);
    void (*send)(np_link *link, const np_link_peer *peer, const uint8_t *frame, size_t size);
    void (*drop_unsent)(np_link *link);
    void (*wait)(np_link *link, uint64_t timeout_us, bool want_send);
    void (*close)(np_link *link); /* frees what the kind holds, not the link's own struct */
} link_methods;

/* The first member of every link's struct. */
struct np_link {
    const link_methods *methods;
    char name[256];
    const char *failure;  /* the kind's; NULL: it may still work */
    bool starved;         /* the kind's: somebody could not be let in, at the last wait */
    uint32_t bytes_per_s; /* 0: no limit of the link's own */
};

#endif
