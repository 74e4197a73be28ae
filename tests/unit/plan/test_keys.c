/* Keys and approvals: made once, never overwritten, worth nothing for another plan. */
#include "fixture.h"

#include "base/key_file.h"

#include <sodium.h>
#include <sqlite3.h>

#include "plan/approval.h"
#include "plan/keys.h"

static char *slurp_text(const char *path)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    static char text[1000];
    size_t n = fread(text, 1, sizeof text - 1, f);
    text[n] = '\0';
    fclose(f);
    return text;
}

static void spit_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
    chmod(path, 0600);
}

static char key_path[128], pub_path[140], plan_path[128];

static int make_keys_and_plan(void **state)
{
    (void)state;
    snprintf(key_path, sizeof key_path, "%s", fixture_path("operator.key"));
    snprintf(pub_path, sizeof pub_path, "%s.pub", key_path);
    snprintf(plan_path, sizeof plan_path, "%s", fixture_path("a.needleplan"));
    np_error err = {0};
    np_plan *plan = fixture_plan(100);
    np_status status = np_plan_write(plan, plan_path, true, &err);
    np_plan_destroy(plan);
    return status == NP_OK && np_keys_new(key_path, "Dr.Ada", NULL, &err) == NP_OK ? 0 : -1;
}

static void keys_are_made_with_care(void **state)
{
    (void)state;
    struct stat st;
    assert_int_equal(stat(key_path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(strncmp(slurp_text(key_path), "needlepath-secret-key-v1 Dr.Ada ", 32), 0);
    np_key_line line;
    np_error err = {0};
    assert_int_equal(np_key_file_read(pub_path, NP_KEY_FILE_OPERATOR_PUBLIC, &line, &err), NP_OK);
    assert_string_equal(line.name, "Dr.Ada");

    /* Never overwritten, neither half. */
    char before[1000];
    strcpy(before, slurp_text(key_path));
    assert_int_equal(np_keys_new(key_path, "Eve", NULL, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "keys are never overwritten"));
    assert_string_equal(slurp_text(key_path), before);
    char lone[140], lone_pub[150];
    snprintf(lone, sizeof lone, "%s", fixture_path("lone.key"));
    snprintf(lone_pub, sizeof lone_pub, "%s.pub", lone);
    spit_text(lone, "mine\n");
    assert_int_equal(np_keys_new(lone, "Eve", NULL, &err), NP_ERR_INVALID);
    assert_int_not_equal(access(lone_pub, F_OK), 0);
    assert_string_equal(slurp_text(lone), "mine\n");

    assert_int_equal(np_keys_new(fixture_path("x.key"), "two words", NULL, &err), NP_ERR_INVALID);
    assert_int_equal(np_keys_new(fixture_path("x.key"), "", NULL, &err), NP_ERR_INVALID);
    assert_int_equal(np_keys_new(fixture_path("no/such/x.key"), "Eve", NULL, &err), NP_ERR_IO);
}

static void wrong_key_files_are_refused(void **state)
{
    (void)state;
    np_error err = {0};
    assert_int_equal(np_plan_approve(plan_path, pub_path, NULL, &(np_wire_terms){0}, 0, &err), NP_ERR_FORMAT);
    assert_non_null(strstr(err.text, "this is the public key; expected the secret one"));
    assert_int_equal(np_plan_approve(plan_path, fixture_path("none.key"), NULL, &(np_wire_terms){0}, 0, &err),
                     NP_ERR_IO);

    const char *bad = fixture_path("bad.key");
    char text[1000];
    strcpy(text, slurp_text(key_path));
    text[60] = text[60] == 'A' ? 'B' : 'A';
    spit_text(bad, text);
    assert_int_equal(np_plan_approve(plan_path, bad, NULL, &(np_wire_terms){0}, 0, &err), NP_ERR_FORMAT);
    assert_non_null(strstr(err.text, "halves do not belong together"));
    text[60] = '*';
    spit_text(bad, text);
    assert_int_equal(np_plan_approve(plan_path, bad, NULL, &(np_wire_terms){0}, 0, &err), NP_ERR_FORMAT);
    assert_non_null(strstr(err.text, "not a key file, or damaged"));
    text[70] = '\0';
    spit_text(bad, text);
    assert_int_equal(np_plan_approve(plan_path, bad, NULL, &(np_wire_terms){0}, 0, &err), NP_ERR_FORMAT);
    spit_text(bad, "");
    assert_int_equal(np_plan_approve(plan_path, bad, NULL, &(np_wire_terms){0}, 0, &err), NP_ERR_FORMAT);
    spit_text(bad, slurp_text(key_path));
    chmod(bad, 0644);
    assert_int_equal(np_plan_approve(plan_path, bad, NULL, &(np_wire_terms){0}, 0, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "others may read this secret key (mode 644)"));
}

static void an_approval_holds_for_its_plan_alone(void **state)
{
    (void)state;
    np_error err = {0};
    if (np_plan_approve(plan_path, key_path, NULL, &(np_wire_terms){0}, 1234567, &err) != NP_OK)
        fail_msg("%s", err.text);
    np_plan *plan;
    assert_int_equal(np_plan_read(plan_path, &plan, &err), NP_OK);
    assert_int_equal(plan->n_approvals, 1);
    np_plan_approval *a = &plan->approvals[0];
    assert_string_equal(a->operator_name, "Dr.Ada");
    assert_int_equal(a->time_unix_s, 1234567);
    assert_true(np_approval_is_valid(a, plan->digest));

    /* The key is the operator's, and the message is what protocol/approval.h says. */
    np_key_line line;
    unsigned char key[32], message[NP_WIRE_APPROVAL_MAX_BYTES];
    size_t size;
    assert_int_equal(np_key_file_read(pub_path, NP_KEY_FILE_OPERATOR_PUBLIC, &line, &err), NP_OK);
    assert_int_equal(
        sodium_base642bin(key, 32, line.key, strlen(line.key), NULL, &size, NULL, sodium_base64_VARIANT_ORIGINAL), 0);
    assert_memory_equal(key, a->public_key, 32);
    size = np_wire_approval_encode(plan->digest, &a->terms, message);
    assert_int_equal(crypto_sign_verify_detached(a->signature, message, size, key), 0);
    assert_int_equal(a->terms.operator_size, 6);
    assert_memory_equal(a->terms.operator_name, "Dr.Ada", 6);

    /* Another digest, another signature, another key: nothing. */
    for (int i = 0; i < 32; i++) {
        plan->digest[i] ^= 1;
        assert_false(np_approval_is_valid(a, plan->digest));
        plan->digest[i] ^= 1;
        a->signature[2 * i] ^= 1;
        assert_false(np_approval_is_valid(a, plan->digest));
        a->signature[2 * i] ^= 1;
        a->public_key[i] ^= 1;
        assert_false(np_approval_is_valid(a, plan->digest));
        a->public_key[i] ^= 1;
    }
    np_plan_destroy(plan);

    /* A second operator signs as well. */
    char second[140];
    snprintf(second, sizeof second, "%s", fixture_path("second.key"));
    assert_int_equal(np_keys_new(second, "Bob", NULL, &err), NP_OK);
    assert_int_equal(np_plan_approve(plan_path, second, NULL, &(np_wire_terms){0}, 5, &err), NP_OK);
    assert_int_equal(np_plan_read(plan_path, &plan, &err), NP_OK);
    assert_int_equal(plan->n_approvals, 2);
    assert_true(np_approval_is_valid(&plan->approvals[1], plan->digest));
    np_plan_destroy(plan);
}

static np_status say(void *context, const char *path, char out[NP_PASSPHRASE_BYTES], np_error *err)
{
    (void)path, (void)err;
    snprintf(out, NP_PASSPHRASE_BYTES, "%s", (const char *)context);
    return NP_OK;
}

static void a_key_with_a_passphrase_signs_for_who_knows_it(void **state)
{
    (void)state;
    np_error err = {0};
    np_wire_terms none = {0};
    char sealed[140], text[1000], right[] = "correct horse", wrong[] = "correct house";
    np_key_opener opener = {.ask = say, .context = right, .was_plain = true};
    snprintf(sealed, sizeof sealed, "%s", fixture_path("sealed.key"));
    assert_int_equal(np_keys_new(sealed, "Eve", "seven b", &err), NP_ERR_INVALID);
    assert_int_equal(np_keys_new(sealed, "Eve", right, &err), NP_OK);
    assert_int_equal(np_plan_approve(plan_path, sealed, &opener, &none, 5, &err), NP_OK);
    assert_false(opener.was_plain);
    opener.context = wrong;
    assert_int_equal(np_plan_approve(plan_path, sealed, &opener, &none, 5, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "not the key's passphrase"));
    assert_int_equal(np_plan_approve(plan_path, sealed, NULL, &none, 5, &err), NP_ERR_INVALID);
    assert_non_null(strstr(err.text, "nobody can be asked"));
    /* neither the key nor its seed stands in the file, and one that asks for all memory is refused before it gets it */
    strcpy(text, slurp_text(sealed));
    opener.context = right;
    char *key = strrchr(text, ' ') + 1;
    memcpy(key, "AAAAAv////8", 11);
    spit_text(sealed, text);
    assert_int_equal(np_plan_approve(plan_path, sealed, &opener, &none, 5, &err), NP_ERR_FORMAT);
    np_plan *plan;
    assert_int_equal(np_plan_read(plan_path, &plan, &err), NP_OK);
    assert_true(np_approval_is_valid(&plan->approvals[plan->n_approvals - 1], plan->digest));
    assert_string_equal(plan->approvals[plan->n_approvals - 1].operator_name, "Eve");
    np_plan_destroy(plan);
}

/* A plan of a version that knew no terms keeps its approvals, for nobody, and takes new ones. */
static void an_older_plan_is_approved_anew(void **state)
{
    (void)state;
    np_error err = {0};
    char path[140];
    snprintf(path, sizeof path, "%s", fixture_path("older.needleplan"));
    np_plan *plan = fixture_plan(60);
    assert_int_equal(np_plan_write(plan, path, true, &err), NP_OK);
    np_plan_destroy(plan);
    fixture_sql(path, "ALTER TABLE journal DROP COLUMN learnt; DROP TABLE epochs;"
                      "ALTER TABLE approvals DROP COLUMN version; ALTER TABLE approvals DROP COLUMN executors;"
                      "ALTER TABLE approvals DROP COLUMN not_after_unix_s; ALTER TABLE approvals DROP COLUMN air_only;"
                      "ALTER TABLE approvals DROP COLUMN reload_every; ALTER TABLE approvals DROP COLUMN needle_life;"
                      "PRAGMA user_version = 10;"
                      "INSERT INTO approvals VALUES (NULL, 'Ada', zeroblob(32), zeroblob(64), 7)");
    char text[NP_APPROVAL_TEXT_BYTES];
    assert_int_equal(np_plan_read(path, &plan, &err), NP_OK);
    assert_int_equal(plan->approvals[0].version, 1);
    assert_false(np_approval_is_valid(&plan->approvals[0], plan->digest));
    assert_non_null(strstr(np_approval_text(&plan->approvals[0], text), "of the older form"));
    np_plan_destroy(plan);
    np_wire_terms terms = {.n_executors = 1, .executors = {{0xab}}, .not_after_s = 4102444799, .needle_life = 7};
    assert_int_equal(np_plan_approve(path, key_path, NULL, &terms, 5, &err), NP_OK);
    assert_int_equal(np_plan_read(path, &plan, &err), NP_OK);
    assert_int_equal(plan->n_approvals, 2);
    assert_int_equal(plan->approvals[0].version, 1);
    assert_true(np_approval_is_valid(&plan->approvals[1], plan->digest));
    assert_string_equal(
        np_approval_text(&plan->approvals[1], text),
        "for executor ab000000000000000000000000000000, until 2099-12-31 23:59 UTC, with the needle, each for at "
        "most 7 dots");
    np_plan_destroy(plan);
}

static void a_changed_plan_is_not_signed(void **state)
{
    (void)state;
    sqlite3 *db;
    sqlite3_open(plan_path, &db);
    sqlite3_exec(db, "UPDATE dots SET depth_um = 1400 WHERE id = 3", NULL, NULL, NULL);
    sqlite3_close(db);
    np_error err = {0};
    assert_int_equal(np_plan_approve(plan_path, key_path, NULL, &(np_wire_terms){0}, 0, &err), NP_ERR_FORMAT);
    assert_non_null(strstr(err.text, "were changed after planning"));
}

/* A plan whose digest is in order and whose dots are not: the same place twice, under another number. */
static void an_unsafe_plan_is_not_signed(void **state)
{
    (void)state;
    np_error err = {0};
    np_plan *plan = fixture_plan(100);
    plan->dots[70].position = plan->dots[10].position;
    np_plan_digest(plan, plan->digest);
    const char *path = fixture_path("twice.needleplan");
    assert_int_equal(np_plan_write(plan, path, true, &err), NP_OK);
    assert_int_equal(np_plan_approve(path, key_path, NULL, &(np_wire_terms){0}, 0, &err), NP_ERR_UNSAFE);
    assert_non_null(strstr(err.text, "0.000 mm apart"));
    np_plan_destroy(plan);
    assert_int_equal(np_plan_read(path, &plan, &err), NP_OK);
    assert_int_equal(plan->n_approvals, 0);
    np_plan_destroy(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_made_with_care),
        cmocka_unit_test(wrong_key_files_are_refused),
        cmocka_unit_test(an_unsafe_plan_is_not_signed),
        cmocka_unit_test(an_approval_holds_for_its_plan_alone),
        cmocka_unit_test(a_key_with_a_passphrase_signs_for_who_knows_it),
        cmocka_unit_test(an_older_plan_is_approved_anew),
        cmocka_unit_test(a_changed_plan_is_not_signed),
    };
    return cmocka_run_group_tests(tests, make_keys_and_plan, fixture_remove);
}
