/* protocol/vectors/vectors.json: bytes and their meaning, for whoever writes another side of the wire.
 *
 * The test makes the file anew and compares; `protocol_test_vectors --write FILE` writes it.  That the bytes
 * are what SPEC.md says is checked without this code by tests/integration/test_vectors.py. */
#include "../test.h"

#include <stdio.h>

#include "harness.h"
#include "protocol/private/keys.h"
#include "protocol/message.h"
#include "protocol/private/reader.h"

static void put_hex(FILE *f, const char *name, const uint8_t *bytes, size_t size, const char *end)
{
    fprintf(f, "\"%s\": \"", name);
    for (size_t i = 0; i < size; i++)
        fprintf(f, "%02x", bytes[i]);
    fprintf(f, "\"%s", end);
}

/* One msgpack object as JSON; binaries as "hex:...". */
static void put_object(FILE *f, wire_reader *r)
{
    uint8_t tag = *r->next;
    const uint8_t *bytes;
    uint32_t n;
    int64_t v;
    if ((tag & 0xf0) == 0x90 || tag == 0xdc || tag == 0xdd) {
        assert_true(wire_read_array(r, &n));
        fputc('[', f);
        for (uint32_t i = 0; i < n; i++) {
            fputs(i ? ", " : "", f);
            put_object(f, r);
        }
        fputc(']', f);
    } else if (tag >= 0xc4 && tag <= 0xc6) {
        assert_true(wire_read_bin(r, &bytes, &n));
        fputs("\"hex:", f);
        for (uint32_t i = 0; i < n; i++)
            fprintf(f, "%02x", bytes[i]);
        fputc('"', f);
    } else if ((tag & 0xe0) == 0xa0 || (tag >= 0xd9 && tag <= 0xdb)) {
        assert_true(wire_read_str(r, &bytes, &n));
        fprintf(f, "\"%.*s\"", (int)n, (const char *)bytes);
    } else {
        assert_true(wire_read_int(r, &v));
        fprintf(f, "%lld", (long long)v);
    }
}

static void put_frame(FILE *f, const np_wire_message *m, uint32_t epoch, uint32_t sequence, const uint8_t *key,
                      const char *end)
{
    uint8_t payload[NP_WIRE_PAYLOAD_MAX], bytes[NP_WIRE_FRAME_MAX];
    np_wire_frame frame = {.type = m->type,
                           .from_executor = np_wire_message_is_from_executor(m->type),
                           .epoch = epoch,
                           .sequence = sequence,
                           .payload = payload};
    size_t size;
    assert_int_equal(np_wire_message_encode(m, payload, sizeof payload, &frame.payload_size), NP_WIRE_OK);
    assert_int_equal(np_wire_frame_encode(&frame, key, bytes, &size), NP_WIRE_OK);
    fprintf(f,
            "    {\"message\": \"%s\", \"type\": %u, \"from_executor\": %d, \"epoch\": %lu, \"sequence\": "
            "%lu,\n     ",
            np_wire_message_name(m->type), m->type, frame.from_executor, (unsigned long)epoch, (unsigned long)sequence);
    if (key)
        put_hex(f, "key", key, NP_WIRE_KEY_BYTES, ",\n     ");
    wire_reader r = {.next = payload, .end = payload + frame.payload_size};
    fputs("\"fields\": ", f);
    put_object(f, &r);
    fputs(",\n     ", f);
    put_hex(f, "frame", bytes, size, "}");
    fputs(end, f);
}

static void put_basics(FILE *f)
{
    static const uint8_t plain[] = {0x11, 0x22, 0x00, 0x33, 0x00};
    uint8_t coded[16], schema[NP_WIRE_SCHEMA_BYTES];
    size_t n = np_wire_cobs_encode(plain, sizeof plain, coded);
    np_wire_schema_hash(schema);
    fprintf(f, "  \"version\": %d,\n  ", NP_WIRE_PROTOCOL_VERSION);
    put_hex(f, "schema", schema, sizeof schema, ",\n");
    fprintf(f, "  \"crc32c\": {\"text\": \"123456789\", \"crc\": %lu},\n",
            (unsigned long)np_wire_crc32c((const uint8_t *)"123456789", 9));
    fputs("  \"cobs\": {", f);
    put_hex(f, "plain", plain, sizeof plain, ", ");
    put_hex(f, "coded", coded, n, "},\n");
}

static void put_binding(FILE *f, const job_plan *plan)
{
    fputs("  \"binding\": {\n    \"session\": 1,\n    \"dots\": [\n", f);
    for (uint32_t i = 0; i < plan->n; i++) {
        const np_wire_dot *d = &plan->dots[i];
        fprintf(f, "      [%lu, %lu, %ld, %ld, %ld, %ld, %ld, %ld, %ld, %ld, %ld, %ld, %ld, %ld, %ld, %lu, ",
                (unsigned long)d->id, (unsigned long)d->order, (long)d->position_um[0], (long)d->position_um[1],
                (long)d->position_um[2], (long)d->normal_ppm[0], (long)d->normal_ppm[1], (long)d->normal_ppm[2],
                (long)d->axis_ppm[0], (long)d->axis_ppm[1], (long)d->axis_ppm[2], (long)d->depth_um, (long)d->dwell_us,
                (long)d->tone_ppm, (long)d->hover_um, (unsigned long)d->station);
        for (unsigned w = 0; w < NP_WIRE_WAYS; w++) {
            const np_wire_stop *stops = np_wire_dot_way(d, plan->stops, (np_wire_way)w);
            fputs("\"hex:", f);
            for (uint32_t k = 0; k < d->n_stops[w]; k++) {
                uint8_t stop[NP_WIRE_STOP_RECORD_BYTES];
                np_wire_stop_encode(&stops[k], stop);
                for (size_t b = 0; b < sizeof stop; b++)
                    fprintf(f, "%02x", stop[b]);
            }
            fputs(w + 1 < NP_WIRE_WAYS ? "\", " : "\"]", f);
        }
        fputs(i + 1 < plan->n ? ",\n" : "\n", f);
    }
    uint8_t record[NP_WIRE_DOT_RECORD_BYTES], hash[NP_WIRE_HASH_BYTES];
    np_wire_dot_encode(&plan->dots[0], record);
    np_wire_chunk_hash(1, 1, plan->dots + 64, plan->n - 64, plan->stops, hash);
    fputs("    ],\n    ", f);
    put_hex(f, "record_of_dot_0", record, sizeof record, ",\n    ");
    put_hex(f, "hash_of_chunk_1", hash, sizeof hash, ",\n    ");
    put_hex(f, "header_hash", plan->load.header_hash, 32, ",\n    ");
    fputs("\"sessions\": [", f);
    for (uint32_t i = 0; i < plan->load.n_sessions; i++) {
        fprintf(f, "%s{\"dots\": %lu, ", i ? ", " : "", (unsigned long)plan->load.sessions[i].n_dots);
        put_hex(f, "root", plan->load.sessions[i].root, 32, "}");
    }
    fputs("],\n    ", f);
    put_hex(f, "digest", plan->load.digest, 32, ",\n    ");
    put_hex(f, "public_key", plan->load.public_key, 32, ",\n    ");
    put_hex(f, "signature", plan->load.signature, 64, ",\n    ");
    uint8_t message[NP_WIRE_APPROVAL_MAX_BYTES];
    put_hex(f, "signed", message, np_wire_approval_encode(plan->load.digest, &plan->load.terms, message), "\n  },\n");
}

/* The handshake, and one frame of every kind in the epoch that it opens. */
static void put_session(FILE *f, const job_plan *plan)
{
    static const uint8_t key[32] = "vectors: 32 bytes of a link key";
    wire_link_key link;
    np_wire_message m = {.type = NP_WIRE_MSG_HELLO};
    uint8_t session_key[32];
    wire_link_key_init(&link, key);
    np_wire_hello *h = &m.u.hello;
    *h = (np_wire_hello){.version = NP_WIRE_PROTOCOL_VERSION, .session = 1, .name = "sender 1"};
    np_wire_schema_hash(h->schema);
    memcpy(h->key_id, link.id, sizeof h->key_id);
    memset(h->nonce, 0xa1, sizeof h->nonce);
    memcpy(h->digest, plan->load.digest, sizeof h->digest);
    np_wire_hello hello = *h;
    np_wire_welcome w = {.version = NP_WIRE_PROTOCOL_VERSION,
                         .epoch = 7,
                         .authenticated = 1,
                         .state = NP_WIRE_STATE_LOCKED,
                         .buffer_dots = 256,
                         .max_dots = 16384,
                         .durable = 1,
                         .name = "executor 1"};
    w.supplies = NP_WIRE_SUPPLIES_BY_HAND;
    w.clock = 1;
    memset(w.identity, 0xc3, sizeof w.identity);
    memcpy(w.schema, hello.schema, sizeof w.schema);
    memcpy(w.sender_nonce, hello.nonce, sizeof w.sender_nonce);
    memset(w.nonce, 0xb2, sizeof w.nonce);
    wire_session_key(&link, &hello, w.nonce, w.epoch, session_key);
    fputs("  \"keys\": {", f);
    put_hex(f, "link_key", key, 32, ",\n    ");
    put_hex(f, "hello_key", link.hello_key, 32, ",\n    ");
    put_hex(f, "key_id", link.id, 8, ",\n    ");
    put_hex(f, "sender_nonce", hello.nonce, 16, ", ");
    put_hex(f, "executor_nonce", w.nonce, 16, ", \"epoch\": 7, \"session\": 1,\n    ");
    put_hex(f, "session_key", session_key, 32, "},\n");
    fputs("  \"frames\": [\n", f);
    put_frame(f, &m, 0, 1, link.hello_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_WELCOME, .u.welcome = w};
    put_frame(f, &m, 0, 1, link.hello_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_REFUSED};
    m.u.refused = (np_wire_refused){.reason = NP_WIRE_REASON_KEY, .text = "no"};
    put_frame(f, &m, 0, 2, NULL, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_STOP};
    put_frame(f, &m, 0, 0, NULL, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_LOAD, .u.load = plan->load};
    m.u.load.reload_every = 100;
    m.u.load.needle_life = 4000;
    m.u.load.n_cartridges = 2;
    m.u.load.cartridges[1] = 700;
    m.u.load.moved_um = 2500;
    memset(m.u.load.noted, 0xb1, sizeof m.u.load.noted);
    put_frame(f, &m, 7, 1, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_CHUNKS, .u.chunks.n = 2};
    np_wire_chunk_hash(1, 0, plan->dots, 64, plan->stops, m.u.chunks.hashes[0]);
    np_wire_chunk_hash(1, 1, plan->dots + 64, plan->n - 64, plan->stops, m.u.chunks.hashes[1]);
    put_frame(f, &m, 7, 2, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_LOADED,
                          .u.loaded = {.chunks = 2, .complete = 1, .done = 3, .in_doubt = 1}};
    put_frame(f, &m, 7, 1, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_MAP};
    put_frame(f, &m, 7, 3, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_RESUME_INFO};
    m.u.resume_info = (np_wire_resume_info){.session = 1, .n_dots = 5, .map_size = 3, .map = {0x22, 0x12, 0}};
    memcpy(m.u.resume_info.digest, plan->load.digest, 32);
    put_frame(f, &m, 7, 2, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_ARM, .u.arm.request = 1};
    put_frame(f, &m, 7, 4, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_ARMED, .u.armed = {1, 1, 0, ""}};
    put_frame(f, &m, 7, 3, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_DOTS};
    for (uint32_t i = 0; i < 3; i++)
        plan_put(plan, i ? 62 + i : 0, &m.u.dots);
    put_frame(f, &m, 7, 5, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_EVENTS};
    m.u.events = (np_wire_events){
        .state = NP_WIRE_STATE_RUNNING,
        .busy = 1,
        .echo_us = 123456789,
        .received = 64,
        .bitmap_size = 1,
        .bitmap = {0x06},
        .window = 70,
        .next = 2,
        .n = 2,
        .supplies = 2,
        .events = {{.outcome = 2, .time_us = 5000000000, .depth_um = 512, .force_mn = 480}, {.outcome = 1}}};
    put_frame(f, &m, 7, 4, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_HEARTBEAT, .u.heartbeat = {2, 123456789}};
    put_frame(f, &m, 7, 6, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_POSE};
    m.u.tracking = (np_wire_tracking){.age_us = 2000, .quality_ppm = 990000, .pose = {{1000000, 0, 0, -5}, {1, -2, 3}}};
    put_frame(f, &m, 7, 7, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_HOLD};
    put_frame(f, &m, 7, 8, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_STATUS};
    m.u.status = (np_wire_status_info){.state = NP_WIRE_STATE_HOLDING,
                                       .reason = NP_WIRE_REASON_HOLD,
                                       .epoch = 7,
                                       .pedal = 1,
                                       .done = 2,
                                       .text = "held by the sender"};
    put_frame(f, &m, 7, 5, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_REVIEW, .u.review = {1, 3, 1009, NP_WIRE_OUTCOME_DONE}};
    put_frame(f, &m, 7, 9, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_REVIEWED, .u.reviewed = {1, 3, NP_WIRE_OUTCOME_DONE, 0}};
    put_frame(f, &m, 7, 6, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_SUPPLIES};
    put_frame(f, &m, 7, 11, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_SUPPLIED};
    m.u.supplied = (np_wire_supplied){.total = 2,
                                      .n = 2,
                                      .supplies = {{NP_WIRE_SUPPLY_NEEDLE, 0, 4000000000, "C-4711 \xc3\xa4"},
                                                   {NP_WIRE_SUPPLY_PIGMENT, 2, 5000000001, ""}}};
    put_frame(f, &m, 7, 8, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_END, .u.arm.request = 2};
    put_frame(f, &m, 7, 10, session_key, ",\n");
    m = (np_wire_message){.type = NP_WIRE_MSG_ENDED, .u.ended = {2, 70, 0, 0, 0}};
    put_frame(f, &m, 7, 7, session_key, "\n  ],\n");
}

static void put_journal(FILE *f, const job_plan *plan)
{
    static const struct {
        uint8_t kind, outcome;
        uint32_t order;
    } steps[] = {{NP_WIRE_RECORD_IDENTITY, 0, 0}, {NP_WIRE_RECORD_EPOCH, 0, 0},  {NP_WIRE_RECORD_INTENT, 0, 0},
                 {NP_WIRE_RECORD_RESULT, 2, 0},   {NP_WIRE_RECORD_INTENT, 0, 1}, {NP_WIRE_RECORD_WITHDRAWN, 0, 1},
                 {NP_WIRE_RECORD_LOT, 0, 1},      {NP_WIRE_RECORD_NEEDLE, 0, 1}, {NP_WIRE_RECORD_RELOAD, 0, 1},
                 {NP_WIRE_RECORD_INTENT, 0, 1},   {NP_WIRE_RECORD_POSE, 0, 1},   {NP_WIRE_RECORD_REGISTRATION, 1, 1}};
    const uint32_t n = sizeof steps / sizeof steps[0];
    fputs("  \"journal\": {\"map_of_3_dots\": [2, 1, 0], \"records\": [\n", f);
    for (uint32_t i = 0; i < n; i++) {
        bool of_dot = steps[i].kind >= NP_WIRE_RECORD_INTENT && steps[i].kind <= NP_WIRE_RECORD_REVIEW;
        np_wire_record r = {.kind = steps[i].kind,
                            .outcome = steps[i].outcome,
                            .session = steps[i].kind != NP_WIRE_RECORD_IDENTITY,
                            .epoch = 7,
                            .serial = i,
                            .order = steps[i].order,
                            .time_us = 5000000000 + i,
                            .depth_um = i == 3 ? 512 : 0,
                            .dot_id = of_dot ? plan->dots[steps[i].order].id : 0,
                            .lot = "C-4711 \xc3\xa4",
                            .pose = plan->load.registration};
        uint8_t bytes[NP_WIRE_RECORD_BYTES];
        memcpy(r.digest, plan->load.digest, i ? sizeof r.digest : 0);
        memset(r.token, i ? 0xb2 : 0xc3, sizeof r.token);
        np_wire_record_encode(&r, bytes);
        fputs("    {", f);
        put_hex(f, "record", bytes, sizeof bytes, i < n - 1 ? "},\n" : "}\n  ]}\n");
    }
}

static void put_all(FILE *f)
{
    job_plan plan;
    plan_make(&plan, 70, 1);
    plan.load.terms =
        (np_wire_terms){.n_executors = 2, .not_after_s = 1800000000, .reload_every = 100, .needle_life = 5000};
    memset(plan.load.terms.executors[0], 0xc3, 16);
    memset(plan.load.terms.executors[1], 0xc4, 16);
    plan_approve(&plan);
    fputs("{\n", f);
    put_basics(f);
    put_binding(f, &plan);
    put_session(f, &plan);
    put_journal(f, &plan);
    fputs("}\n", f);
    plan_free(&plan);
}

static void the_published_vectors_are_what_we_speak(void **state)
{
    (void)state;
    char *ours = NULL, *published;
    size_t size = 0;
    FILE *f = open_memstream(&ours, &size);
    put_all(f);
    fclose(f);
    f = fopen(NP_TEST_SOURCE_DIR "/protocol/vectors/vectors.json", "rb");
    assert_non_null(f);
    published = calloc(1, 2 * size + 1);
    size_t got = fread(published, 1, 2 * size, f);
    fclose(f);
    for (size_t i = 0; i < size && i < got; i++)
        if (ours[i] != published[i])
            fail_msg("vectors.json differs from byte %zu on: \"%.60s\" is \"%.60s\"", i, published + i, ours + i);
    assert_int_equal(got, size);
    free(published);
    free(ours);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_published_vectors_are_what_we_speak)};
    if (argc == 3 && strcmp(argv[1], "--write") == 0) {
        FILE *f = fopen(argv[2], "wb");
        if (!f)
            return 1;
        put_all(f);
        return fclose(f) != 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
