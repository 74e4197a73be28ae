/* Connections by the dozen to an executor's link: whoever comes to STOP gets in all the same, and what runs goes on; where there
 * are no descriptors left, it is told. */
#include "../test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "link/link.h"
#include "link/private/crowd.h"
#include "protocol/message.h"

enum { SILENT = 40 };

static np_link *link_to(const char *target, bool listen)
{
    np_link *link;
    np_error err = {0};
    if (np_link_open(&(np_link_options){.target = target, .listen = listen}, &link, &err) != NP_OK)
        fail_msg("%s", err.text);
    return link;
}

/* A connection to LINK's address of somebody who says nothing. */
static int connect_silently(const np_link *link)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    at.sin_port = htons((uint16_t)atoi(strrchr(np_link_name(link), ':') + 1));
    int file = socket(AF_INET, SOCK_STREAM, 0);
    return file >= 0 && connect(file, (struct sockaddr *)&at, sizeof at) == 0 ? file : -1;
}

/* Lets EXECUTOR hear what SENDER says, until something was heard. */
static bool hears(np_link *executor, np_link *sender)
{
    static const uint8_t frame[20] = {2, NP_WIRE_MSG_STOP};
    uint8_t got[NP_WIRE_FRAME_MAX];
    size_t size;
    for (uint64_t end = np_clock_us() + 10000000; np_clock_us() < end;) {
        np_link_wait(sender, 1000, false);
        if (np_link_can_send(sender))
            np_link_send(sender, NULL, frame, sizeof frame);
        np_link_wait(executor, 1000, false);
        if (np_link_receive(executor, got, &size, NULL))
            return size == sizeof frame;
    }
    return false;
}

static unsigned still_open(const int *files, int n)
{
    unsigned open = 0;
    for (int i = 0; i < n; i++) {
        uint8_t greeting[256];
        ssize_t got;
        do
            got = recv(files[i], greeting, sizeof greeting, MSG_DONTWAIT);
        while (got > 0);
        open += got < 0 && errno == EAGAIN;
    }
    return open;
}

static void silent_connections_keep_nobody_out(void **state)
{
    (void)state;
    np_link *executor = link_to("zmq:tcp://127.0.0.1:*", true), *sender, *other;
    int files[SILENT];
    sender = link_to(np_link_name(executor), false);
    assert_true(hears(executor, sender));
    for (int i = 0; i < SILENT; i++) {
        assert_true((files[i] = connect_silently(executor)) >= 0);
        assert_true(hears(executor, sender)); /* what runs goes on */
    }
    other = link_to(np_link_name(executor), false);
    np_link_close(&sender);
    assert_true(hears(executor, other)); /* somebody new gets in */
    for (int i = 0; i < 100 && still_open(files, SILENT) >= LINK_CROWD_PER_ADDRESS; i++)
        np_link_wait(executor, 10000, false);
    assert_true(still_open(files, SILENT) < LINK_CROWD_PER_ADDRESS);
    assert_true(still_open(files, SILENT) > 0);
    assert_false(np_link_is_starved(executor));
    for (int i = 0; i < SILENT; i++)
        close(files[i]);
    np_link_close(&other);
    np_link_close(&executor);
}

/* The next descriptor that this process would get. */
static rlim_t next_file(void)
{
    int file = dup(0);
    assert_true(file >= 0);
    close(file);
    return (rlim_t)file;
}

/* Silent connections of another process, which has as many descriptors as FILES says, until it is killed, or this one ends. */
static pid_t crowd_from_outside(const np_link *executor, const struct rlimit *files)
{
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        setrlimit(RLIMIT_NOFILE, files);
        for (int i = 0; i < SILENT; i++)
            connect_silently(executor);
        for (;;)
            pause();
    }
    return child;
}

static void no_descriptors_left_is_told(void **state)
{
    (void)state;
    np_link *executor = link_to("zmq:tcp://127.0.0.1:*", true), *other;
    struct rlimit before, few;
    bool told = false;
    other = link_to(np_link_name(executor), false);
    getrlimit(RLIMIT_NOFILE, &before);
    few = before;
    few.rlim_cur = next_file() + 2;
    assert_false(np_link_is_starved(executor));
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    pid_t child = crowd_from_outside(executor, &before);
    for (uint64_t end = np_clock_us() + 10000000; !told && np_clock_us() < end;) {
        np_link_wait(executor, 1000, false);
        told = np_link_is_starved(executor);
    }
    assert_true(told);
    assert_true(hears(executor, other)); /* and who is there, or gets in for one of them, is heard */
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    for (uint64_t end = np_clock_us() + 10000000; told && np_clock_us() < end;) {
        np_link_wait(executor, 1000, false);
        told = np_link_is_starved(executor);
    }
    assert_false(told);
    np_link_close(&other);
    np_link_close(&executor);
}

/* The limits themselves, over sockets that nobody serves. */
static void the_longest_silent_goes_first(void **state)
{
    (void)state;
    static link_crowd crowd;
    int pairs[LINK_CROWD_PER_ADDRESS + 1][2];
    link_crowd_open(&crowd);
    for (unsigned i = 0; i <= LINK_CROWD_PER_ADDRESS; i++) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]), 0);
        if (i == LINK_CROWD_PER_ADDRESS)
            link_crowd_hear(&crowd, pairs[0][0], 1000);
        link_crowd_enter(&crowd, pairs[i][0], i);
    }
    assert_int_equal(crowd.n, LINK_CROWD_PER_ADDRESS);
    for (unsigned i = 0; i <= LINK_CROWD_PER_ADDRESS; i++) {
        char byte;
        assert_int_equal(recv(pairs[i][1], &byte, 1, MSG_DONTWAIT), i == 1 ? 0 : -1);
    }
    link_crowd_leave(&crowd, pairs[5][0]);
    link_crowd_leave(&crowd, 9999);
    assert_int_equal(crowd.n, LINK_CROWD_PER_ADDRESS - 1);
    for (unsigned i = 0; i <= LINK_CROWD_PER_ADDRESS; i++) {
        close(pairs[i][0]);
        close(pairs[i][1]);
    }
    link_crowd_close(&crowd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silent_connections_keep_nobody_out),
        cmocka_unit_test(no_descriptors_left_is_told),
        cmocka_unit_test(the_longest_silent_goes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
