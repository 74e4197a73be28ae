/* CURVE: key files, who is let do what, and what is said when the two ends do not fit. */
#include "../test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "base/clock.h"
#include "link/link.h"

static char folder[64];

static const char *in_folder(const char *name)
{
    static char paths[64][160];
    static int next;
    char *path = paths[next++ % 64];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const char *text, unsigned mode)
{
    FILE *f = fopen(in_folder(name), "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(chmod(in_folder(name), mode), 0);
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static int make_folder(void **state)
{
    (void)state;
    np_error err = {0};
    strcpy(folder, "/tmp/np-test-curve-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    const char *names[] = {"arm", "other", "lab", "guest"};
    for (int i = 0; i < 4; i++)
        if (np_link_keys_new(in_folder(names[i]), names[i], &err) != NP_OK)
            return -1;
    return 0;
}

/* ---- files ---- */

static unsigned mode_of(const char *name)
{
    struct stat about;
    assert_int_equal(stat(in_folder(name), &about), 0);
    return about.st_mode & 0777;
}

static void test_new_keys(void **state)
{
    (void)state;
    np_error err = {0};
    char secret[200] = "", public[200] = "", word[60], name[60], key[60], derived[41], own[60];
    assert_int_equal(mode_of("lab"), 0600);
    assert_int_equal(mode_of("lab.pub"), 0644);
    FILE *f = fopen(in_folder("lab"), "r"), *p = fopen(in_folder("lab.pub"), "r");
    assert_non_null(fgets(secret, sizeof secret, f));
    assert_non_null(fgets(public, sizeof public, p));
    fclose(f);
    fclose(p);
    assert_int_equal(sscanf(public, "%59s %59s %59s", word, name, own), 3);
    assert_string_equal(word, "needlepath-curve-public-key-v1");
    assert_string_equal(name, "lab");
    assert_int_equal(sscanf(secret, "%59s %59s %59s", word, name, key), 3);
    assert_string_equal(word, "needlepath-curve-secret-key-v1");
    assert_int_equal(zmq_curve_public(derived, key), 0);
    assert_string_equal(derived, own);

    /* nothing is replaced, and of two files neither is left half */
    assert_int_equal(np_link_keys_new(in_folder("lab"), "lab", &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "never overwritten"));
    write_file("taken", "mine\n", 0644);
    assert_int_equal(np_link_keys_new(in_folder("taken"), "x", &err), NP_ERR_INVALID);
    assert_int_not_equal(access(in_folder("taken.pub"), F_OK), 0);
    assert_int_equal(np_link_keys_new(in_folder("none/x"), "x", &err), NP_ERR_IO);
    assert_int_equal(np_link_keys_new(in_folder("x"), "two words", &err), NP_ERR_INVALID);
    assert_int_equal(np_link_keys_new(in_folder("x"), "", &err), NP_ERR_INVALID);
    assert_int_not_equal(access(in_folder("x"), F_OK), 0);
}

static void refuse(const np_link_keys *curve, const char *target, bool listen, np_status status, const char *says)
{
    np_error err = {0};
    np_status got = np_link_keys_check_for(target, curve, listen, &err);
    if (got != status || !strstr(err.text, says))
        fail_msg("expected \"%s\" (%s), found \"%s\" (%s)", says, np_status_name(status), err.text,
                 np_status_name(got));
}

static void test_bad_files(void **state)
{
    (void)state;
    const char *zmq = "zmq:tcp://127.0.0.1:5555";
    const char *lab = in_folder("lab.pub");
    write_file("bad", "needlepath-curve-secret-key-v1 x short\n", 0600);
    write_file("more", "needlepath-curve-public-key-v1 x rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7 y\n", 0644);
    write_file("wrong", "needlepath-curve-public-key-v1 x rq:rM>}U?@Lns47E1%kR.o@n%Fcmms~/@{H8]yf7\n", 0644);
    write_file("good", "needlepath-curve-public-key-v1 x rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7\n", 0644);
    assert_int_equal(mkdir(in_folder("empty"), 0700), 0);
    refuse(&(np_link_keys){.key = in_folder("bad"), .server_key = lab}, zmq, false, NP_ERR_FORMAT, "expected one line");
    refuse(&(np_link_keys){.key = in_folder("none"), .server_key = lab}, zmq, false, NP_ERR_IO, "none");
    refuse(&(np_link_keys){.key = lab, .server_key = lab}, zmq, false, NP_ERR_FORMAT, "this is the public key");
    const np_link_keys swapped = {.key = in_folder("lab"), .server_key = in_folder("arm")};
    refuse(&swapped, zmq, false, NP_ERR_FORMAT, "this is the secret key");
    const char *lists[] = {"more", "wrong", "arm", "none", "empty"};
    const char *says[] = {"expected one line", "expected one line", "this is the secret key", "none", "no file *.pub"};
    const np_status statuses[] = {NP_ERR_FORMAT, NP_ERR_FORMAT, NP_ERR_FORMAT, NP_ERR_IO, NP_ERR_INVALID};
    for (int i = 0; i < 5; i++) {
        const char *allow[] = {lab, in_folder(lists[i])};
        refuse(&(np_link_keys){.key = in_folder("arm"), .allow = allow, .n_allow = 2}, zmq, true, statuses[i], says[i]);
    }
    const char *fine[] = {in_folder("good"), folder};
    np_error err = {0};
    np_link_keys arm = {.key = in_folder("arm"), .allow = fine, .n_allow = 1};
    assert_int_equal(np_link_keys_check_for(zmq, &arm, true, &err), NP_OK);

    /* a secret that others may read is none */
    assert_int_equal(chmod(in_folder("guest"), 0640), 0);
    refuse(&(np_link_keys){.key = in_folder("guest"), .server_key = lab}, zmq, false, NP_ERR_INVALID, "chmod 600");
    assert_int_equal(chmod(in_folder("guest"), 0600), 0);
}

static void test_usage(void **state)
{
    (void)state;
    const char *zmq = "zmq:tcp://127.0.0.1:5555", *serial = "serial:/dev/ttyUSB0:115200",
               *allow[] = {in_folder("lab.pub")};
    np_error err = {0};
    np_link *link;
    refuse(&(np_link_keys){.key = in_folder("lab")}, zmq, false, NP_ERR_USAGE, "--server-key");
    refuse(&(np_link_keys){.key = in_folder("arm")}, zmq, true, NP_ERR_USAGE, "--allow");
    refuse(&(np_link_keys){.allow = allow, .n_allow = 1}, zmq, true, NP_ERR_USAGE, "--curve-key");
    refuse(&(np_link_keys){.server_key = allow[0]}, serial, false, NP_ERR_USAGE, "--link-key");
    assert_int_equal(np_link_keys_check_for(serial, NULL, false, &err), NP_OK);
    assert_int_equal(np_link_keys_check_for(serial, &(np_link_keys){0}, false, &err), NP_OK);
    assert_int_equal(np_link_open(&(np_link_options){.target = serial, .keys = &(np_link_keys){.server_key = allow[0]}},
                                  &link, &err),
                     NP_ERR_USAGE);
    assert_null(link);
    assert_int_equal(np_link_open(&(np_link_options){.target = "serial:pty",
                                                     .listen = true,
                                                     .keys = &(np_link_keys){.key = in_folder("arm")}},
                                  &link, &err),
                     NP_ERR_USAGE);
    assert_null(link);
}

static void test_exposed(void **state)
{
    (void)state;
    const char *exposed[] = {"zmq:tcp://arm:5555",
                             "zmq:tcp://*:5555",
                             "zmq:tcp://0.0.0.0:5555",
                             "zmq:tcp://192.168.0.7:5555",
                             "zmq:tcp://127.0.0.1.example.org:5555",
                             "zmq:tcp://127.0.0.1:0;10.0.0.1:5555",
                             "zmq:tcp://[::]:5555"};
    const char *local[] = {"zmq:tcp://127.0.0.1:5555", "zmq:tcp://127.3.2.1:*", "zmq:tcp://localhost:5555",
                           "zmq:tcp://[::1]:5555",     "zmq:ipc:///tmp/arm",    "serial:/dev/ttyUSB0:115200"};
    for (size_t i = 0; i < sizeof exposed / sizeof *exposed; i++)
        if (!np_link_is_exposed(exposed[i], strchr(exposed[i], '*')))
            fail_msg("%s", exposed[i]);
    for (size_t i = 0; i < sizeof local / sizeof *local; i++)
        if (np_link_is_exposed(local[i], strchr(local[i], '*')))
            fail_msg("%s", local[i]);
}

/* ---- both ends ---- */

static char log_text[4000];

static void take_log(void *context, const char *text)
{
    (void)context;
    strncat(log_text, text, sizeof log_text - strlen(log_text) - 2);
    strcat(log_text, "\n");
}

/* An executor's end that lets LIST run, a file or a folder; NULL: without CURVE. */
static np_link *listen_for(const char *key, const char *list)
{
    np_link *link;
    np_error err = {0};
    log_text[0] = '\0';
    np_link_keys curve = {
        .key = list ? in_folder(key) : NULL, .allow = &list, .n_allow = list ? 1 : 0, .log = take_log};
    if (np_link_open(&(np_link_options){.target = "zmq:tcp://127.0.0.1:*", .listen = true, .keys = &curve}, &link,
                     &err) != NP_OK)
        fail_msg("%s", err.text);
    return link;
}

static np_link *connect_with(const char *target, const char *key, const char *server_key)
{
    np_link *link;
    np_error err = {0};
    np_link_keys curve = {.key = key ? in_folder(key) : NULL, .server_key = server_key ? in_folder(server_key) : NULL};
    if (np_link_open(&(np_link_options){.target = target, .keys = &curve}, &link, &err) != NP_OK)
        fail_msg("%s", err.text);
    return link;
}

/* Runs both ends until CLIENT's frame is there; false if it comes to a failure instead. */
static bool bring(np_link *client, np_link *server, const char *frame, np_link_peer *out_peer)
{
    uint8_t got[NP_WIRE_FRAME_MAX];
    size_t size;
    bool sent = false;
    for (uint64_t end = np_clock_us() + 20000000; np_clock_us() < end && !np_link_failure(client);) {
        if (!sent && np_link_can_send(client)) {
            np_link_send(client, NULL, (const uint8_t *)frame, strlen(frame));
            sent = true;
        }
        np_link_wait(client, 5000, false);
        np_link_wait(server, 5000, false);
        if (np_link_receive(server, got, &size, out_peer)) {
            assert_int_equal(size, strlen(frame));
            assert_memory_equal(got, frame, size);
            return true;
        }
    }
    return false;
}

static bool hears(np_link *client, const char *frame)
{
    uint8_t got[NP_WIRE_FRAME_MAX];
    size_t size;
    for (uint64_t end = np_clock_us() + 20000000; np_clock_us() < end; np_link_wait(client, 5000, false))
        if (np_link_receive(client, got, &size, NULL))
            return size == strlen(frame) && memcmp(got, frame, size) == 0;
    return false;
}

/* Listed keys may run, others may only stop, and answers go back to both. */
static void test_roles(void **state)
{
    (void)state;
    const struct {
        const char *key, *list;
        bool may_run;
    } rows[] = {
        {"lab", "lab.pub", true}, {"lab", "", true},         {"guest", "lab.pub", false},
        {NULL, "lab.pub", false}, {"arm", "lab.pub", false}, /* the executor's own key is no pass either */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        np_link_peer peer;
        np_link *server = listen_for("arm", *rows[i].list ? in_folder(rows[i].list) : folder);
        np_link *client = connect_with(np_link_name(server), rows[i].key, "arm.pub");
        assert_true(bring(client, server, "hello", &peer));
        assert_int_equal(peer.may_only_stop, !rows[i].may_run);
        np_link_send(server, &peer, (const uint8_t *)"answer", 6);
        assert_true(hears(client, "answer"));
        assert_null(np_link_trouble(client));
        assert_non_null(
            strstr(log_text, rows[i].may_run ? "lab connected from 127.0.0.1" : "may only STOP (public key "));
        np_link_close(&client);
        np_link_close(&server);
    }
}

/* Encryption makes frames longer: the longest of them, there and back, and many. */
static void test_longest_frames(void **state)
{
    (void)state;
    char frame[NP_WIRE_FRAME_MAX + 1];
    np_link_peer peer;
    np_link *server = listen_for("arm", in_folder("lab.pub"));
    np_link *client = connect_with(np_link_name(server), "lab", "arm.pub");
    memset(frame, 'x', NP_WIRE_FRAME_MAX);
    frame[NP_WIRE_FRAME_MAX] = '\0';
    for (int i = 0; i < 20; i++) {
        assert_true(bring(client, server, frame + i, &peer));
        np_link_send(server, &peer, (const uint8_t *)frame + i, (size_t)(NP_WIRE_FRAME_MAX - i));
        assert_true(hears(client, frame + i));
    }
    np_link_close(&client);
    np_link_close(&server);
}

static void refused(np_link *server, const char *key, const char *server_key, const char *says)
{
    np_link_peer peer;
    np_link *client = connect_with(np_link_name(server), key, server_key);
    assert_false(bring(client, server, "hello", &peer));
    if (!np_link_failure(client) || !strstr(np_link_failure(client), says))
        fail_msg("expected \"%s\", found \"%s\"", says,
                 np_link_failure(client) ? np_link_failure(client) : "(nothing)");
    np_link_close(&client);
}

static void test_ends_that_do_not_fit(void **state)
{
    (void)state;
    np_link *server = listen_for("arm", in_folder("lab.pub"));
    refused(server, "lab", "other.pub", "is not its public key");
    refused(server, NULL, NULL, "speaks CURVE only");
    assert_non_null(strstr(log_text, "handshake failed"));
    /* none of it did any harm */
    np_link_peer peer;
    np_link *client = connect_with(np_link_name(server), "lab", "arm.pub");
    assert_true(bring(client, server, "hello", &peer));
    assert_false(peer.may_only_stop);
    np_link_close(&client);
    np_link_close(&server);
    server = listen_for(NULL, NULL);
    refused(server, "lab", "arm.pub", "does not speak CURVE");
    np_link_close(&server);
}

/* An executor that went away and came back is no failure, as long as it worked once. */
static void test_reconnect(void **state)
{
    (void)state;
    np_link_peer peer;
    char target[100];
    np_link *server = listen_for("arm", in_folder("lab.pub"));
    snprintf(target, sizeof target, "%s", np_link_name(server));
    np_link *client = connect_with(target, "lab", "arm.pub");
    assert_true(bring(client, server, "one", &peer));
    np_link_close(&server);
    for (int i = 0; i < 20; i++)
        np_link_wait(client, 10000, false);
    const char *list = in_folder("lab.pub");
    np_link_keys curve = {.key = in_folder("arm"), .allow = &list, .n_allow = 1};
    np_error err = {0};
    if (np_link_open(&(np_link_options){.target = target, .listen = true, .keys = &curve}, &server, &err) != NP_OK)
        fail_msg("%s", err.text);
    assert_true(bring(client, server, "two", &peer));
    assert_false(peer.may_only_stop);
    np_link_close(&client);
    np_link_close(&server);
}

/* Another make of executor may turn strangers away altogether. */
static void test_turned_away(void **state)
{
    (void)state;
    void *context = zmq_ctx_new(), *zap = zmq_socket(context, ZMQ_REP), *router = zmq_socket(context, ZMQ_ROUTER);
    int yes = 1, none = 0;
    char own[41], secret[41], name[200], target[220], line[200];
    size_t size = sizeof name;
    assert_int_equal(zmq_curve_keypair(own, secret), 0);
    snprintf(line, sizeof line, "%s foreign %s\n", "needlepath-curve-public-key-v1", own);
    write_file("foreign", line, 0644);
    assert_int_equal(zmq_bind(zap, "inproc://zeromq.zap.01"), 0);
    zmq_setsockopt(router, ZMQ_CURVE_SERVER, &yes, sizeof yes);
    zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, secret, 41);
    zmq_setsockopt(router, ZMQ_ZAP_DOMAIN, "x", 1);
    zmq_setsockopt(router, ZMQ_LINGER, &none, sizeof none);
    assert_int_equal(zmq_bind(router, "tcp://127.0.0.1:*"), 0);
    assert_int_equal(zmq_getsockopt(router, ZMQ_LAST_ENDPOINT, name, &size), 0);
    snprintf(target, sizeof target, "zmq:%s", name);

    np_link *client = connect_with(target, "guest", "foreign");
    for (uint64_t end = np_clock_us() + 20000000; np_clock_us() < end && !np_link_failure(client);) {
        char part[8][256];
        int n = 0;
        for (int more = zmq_recv(zap, part[0], 256, ZMQ_DONTWAIT) >= 0; more && n < 8; n++) {
            size_t more_size = sizeof more;
            if (n > 0)
                zmq_recv(zap, part[n], 256, 0);
            zmq_getsockopt(zap, ZMQ_RCVMORE, &more, &more_size);
        }
        const char *reply[] = {"1.0", part[1], "400", "not you", "", ""};
        for (int i = 0; n > 0 && i < 6; i++)
            zmq_send(zap, reply[i], i == 1 ? 1 : strlen(reply[i]), i < 5 ? ZMQ_SNDMORE : 0);
        np_link_wait(client, 5000, false);
    }
    assert_non_null(np_link_failure(client));
    assert_non_null(strstr(np_link_failure(client), "does not admit the key"));
    np_link_close(&client);
    zmq_close(router);
    zmq_close(zap);
    zmq_ctx_term(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_keys),       cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_usage),          cmocka_unit_test(test_exposed),
        cmocka_unit_test(test_roles),          cmocka_unit_test(test_ends_that_do_not_fit),
        cmocka_unit_test(test_reconnect),      cmocka_unit_test(test_turned_away),
        cmocka_unit_test(test_longest_frames),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
