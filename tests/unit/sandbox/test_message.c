/* Messages to and from a helper: whole, cut short, too large. */
#include "../test.h"

#include <sys/socket.h>
#include <unistd.h>

#include "sandbox/message.h"

#define KIND 100u

static void what_goes_in_comes_out(void **state)
{
    (void)state;
    np_message m = {0};
    np_message_begin(&m, KIND);
    np_message_put_u32(&m, 7);
    np_message_put_f64(&m, 0.5);
    np_message_put_u64(&m, 1ull << 60);
    np_message_put_text(&m, "hair");
    np_message_put_text(&m, NULL);
    np_message_put_text(&m, "");
    const double numbers[3] = {1, 2, 3};
    np_message_put(&m, numbers, sizeof numbers);
    assert_int_equal(np_message_get_u32(&m), 7);
    assert_near(np_message_get_f64(&m), 0.5, 0);
    assert_true(np_message_get_u64(&m) == 1ull << 60);
    char *hair = np_message_get_text(&m), *none = np_message_get_text(&m), *empty = np_message_get_text(&m);
    assert_string_equal(hair, "hair");
    assert_null(none);
    assert_string_equal(empty, "");
    double *back = np_message_get_array(&m, 3, sizeof *back);
    assert_near(back[2], 3, 0);
    assert_false(m.failed);
    free(hair);
    free(empty);
    free(back);
    np_message_fini(&m);
}

/* Every prefix of a message reads to the end without a crash, and fails. */
static void a_message_cut_short_fails(void **state)
{
    (void)state;
    np_message m = {0};
    np_message_begin(&m, KIND);
    np_message_put_u32(&m, 3);
    np_message_put_text(&m, "a text");
    np_message_put_f64(&m, 1);
    size_t whole = m.size;
    for (size_t size = 0; size < whole; size++) {
        m.size = size;
        m.at = 0;
        m.failed = false;
        np_message_get_u32(&m);
        free(np_message_get_text(&m));
        assert_near(np_message_get_f64(&m), 0, 0);
        assert_true(m.failed);
    }
    /* a length beyond the end */
    np_message_begin(&m, KIND);
    np_message_put_u32(&m, 0x7fffffff);
    assert_null(np_message_get_text(&m));
    assert_true(m.failed);
    m.failed = false;
    m.at = 0;
    assert_null(np_message_get_array(&m, SIZE_MAX / 2, 8));
    assert_true(m.failed);
    np_message_fini(&m);
}

static void too_large_a_message_fails(void **state)
{
    (void)state;
    np_message m = {0};
    assert_null(np_message_reserve(&m, (size_t)NP_MESSAGE_MAX_BYTES + 1));
    assert_true(m.failed);
    assert_false(np_message_send(0, &m));
    np_message_fini(&m);
}

static void messages_travel_over_a_socket(void **state)
{
    (void)state;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    np_message out = {0}, in = {0};
    np_message_begin(&out, KIND);
    np_message_put_u32(&out, 99);
    assert_true(np_message_send(pair[0], &out));
    assert_true(np_message_receive(pair[1], &in));
    assert_int_equal(in.kind, KIND);
    assert_int_equal(np_message_get_u32(&in), 99);
    close(pair[0]);
    assert_false(np_message_receive(pair[1], &in));
    assert_false(np_message_send(pair[1], &out)); /* no SIGPIPE */
    close(pair[1]);
    np_message_fini(&out);
    np_message_fini(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_in_comes_out),
        cmocka_unit_test(a_message_cut_short_fails),
        cmocka_unit_test(too_large_a_message_fails),
        cmocka_unit_test(messages_travel_over_a_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
