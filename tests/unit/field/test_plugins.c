/* Which plugins are found, and why those of tests/badplugins are refused. */
#include "../test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "field/plugins.h"

/* The build folder: where this program and the plugins lie. */
static const char *build_folder(void)
{
    static char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    assert_true(n > 0);
    path[n] = '\0';
    for (int i = 0; i < 2; i++)
        *strrchr(path, '/') = '\0';
    return path;
}

static void use_bad_plugins(const char *folder)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/tests/badplugins/%s", build_folder(), folder);
    setenv("NEEDLEPATH_PLUGIN_PATH", path, 1);
}

static void read_list(np_plugin_list *list)
{
    np_error err = {0};
    if (np_plugin_list_init(list, NULL, &err) != NP_OK)
        fail_msg("%s", err.text);
}

#define N_OURS 7

static void the_bundled_strategies_are_found(void **state)
{
    (void)state;
    np_plugin_list list;
    unsetenv("NEEDLEPATH_PLUGIN_PATH");
    read_list(&list);
    for (size_t i = 0; i < list.n_problems; i++)
        print_message("%s: %s\n", list.problems[i].plugin_path, list.problems[i].reason);
    assert_int_equal(list.n_problems, 0);
    const char *const ids[] = {"crown",     "diffuse_density", "full_scalp", "hairline",
                               "scar_fill", "test_dots",       "touch_up"};
    const char *const versions[] = {"1.0.0", "1.1.0", "1.3.0", "1.5.0", "1.4.0", "1.0.0", "1.0.1"};
    assert_int_equal(sizeof ids / sizeof *ids, N_OURS);
    assert_int_equal(list.n_strategies, N_OURS);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        const np_strategy_info *info = np_plugin_list_find(&list, ids[i]);
        assert_non_null(info);
        assert_true(info->desc.param_count > 2);
        assert_null(info->desc.paint);
        assert_true(info->has_paint);
        assert_string_equal(info->desc.version, versions[i]);
    }
    const np_param_desc *shape = &np_plugin_list_find(&list, "hairline")->desc.params[0];
    assert_string_equal(shape->id, "shape");
    assert_int_equal(shape->type, NP_PARAM_OPTION);
    assert_string_equal(shape->labels[1], "linear");
    assert_null(shape->labels[5]);
    assert_null(np_plugin_list_find(&list, "hair"));
    np_plugin_list_fini(&list);
}

/* Every default, read as a person would write it, must be in its range, and every parameter explain
 * itself. */
static void parameters_of_ours_are_well_documented(void **state)
{
    (void)state;
    np_plugin_list list;
    unsetenv("NEEDLEPATH_PLUGIN_PATH");
    read_list(&list);
    for (size_t i = 0; i < list.n_strategies; i++)
        for (uint32_t k = 0; k < list.strategies[i].desc.param_count; k++) {
            const np_param_desc *p = &list.strategies[i].desc.params[k];
            assert_true(strlen(p->help) > 25);
            assert_true(p->group[0] != '\0');
            /* a unit in the name is the unit of the value */
            size_t n = strlen(p->id);
            if (n > 3 && strcmp(p->id + n - 3, "_mm") == 0)
                assert_string_equal(p->unit, "mm");
            if (strstr(p->id, "_per_cm2"))
                assert_string_equal(p->unit, "dots/cm2");
        }
    np_plugin_list_fini(&list);
}

static const char *reason_of(const np_plugin_list *list, const char *name)
{
    for (size_t i = 0; i < list->n_problems; i++)
        if (strstr(list->problems[i].plugin_path, name))
            return list->problems[i].reason;
    fail_msg("no problem is told of %s", name);
    return "";
}

static void each_bad_plugin_is_refused_with_its_reason(void **state)
{
    (void)state;
    static const char *const expected[][2] = {
        {"/no_entry.so", "does not export np_plugin_entry_v1()"},
        {"/null_entry.so", "np_plugin_entry_v1() returned NULL"},
        {"/wrong_magic.so", "magic 0x12345678"},
        {"/other_abi.so", "plugin other_abi.so has ABI 2.0, this needlepath speaks 1.x"},
        {"/newer_abi.so", "plugin newer_abi.so needs ABI 1.11, this needlepath has 1.4; it takes a newer needlepath"},
        {"/required.so", "strategy 0 requires the features 0x8000000000000000, which ABI 1.4 does not have"},
        {"/small_structs.so", "have 8, "},
        {"/no_strategies.so", "0 strategies"},
        {"/null_strategy.so", "strategy 0 is NULL"},
        {"/many_params.so", "100000 parameters"},
        {"/crash.so", "crashed (SIGSEGV: Segmentation fault) while being loaded"},
        {"/exits.so", "ended its process (exit status 0) while being loaded"},
        {"/says_nothing_of_itself.so", "strategy bad_at_load: its name is NULL"},
        {"/bad_id.so", "'Not An Id' is not well-formed"},
        {"/duplicate_id.so", "strategy bad_at_load: it is there twice"},
        {"/no_paint.so", "its paint is NULL"},
        {"/no_input.so", "takes no region, no curve and no points"},
        {"/unknown_input.so", "input region: its kind is 9"},
        {"/many_inputs.so", "input region: it takes 1 to 9; expected counts in order, and at most 8 of its kind"},
        {"/unknown_channel.so", "channels 0x100000"},
        {"/unknown_type.so", "parameter share: its type is 77"},
        {"/min_above_max.so", "its range is 2..1"},
        {"/default_outside.so", "its default 2 is outside 0..1"},
        {"/half_int.so", "must be whole numbers"},
        {"/no_text.so", "parameter share: its default_text must be there"},
        {"/no_knots.so", "parameter share: its default must have 1 to 256 knots"},
        {"/falling_knots.so", "parameter share: row 2 of its default is not what it allows itself"},
        {"/no_columns.so", "parameter share: it has no labels; a table has one for each column"},
        {"/unknown_unit.so", "parameter share: its unit is 'furlongs', which is none of plugin.h's list"},
        {"/other_unit.so", "parameter share: its unit is 'mm', so its id must end with _mm"},
        {"/flags.so", "parameter share: it has the flags 0x2"},
        {"/few_labels.so", "it has 1 labels and the range 0..1"},
        {"/same_labels.so", "the label 'one' is there twice"},
        {"/duplicate_param.so", "parameter share: it is there twice"},
        {"/value_text.so", "input points, value word: its type is 4, its group ''; expected points"},
        {"/value_twice.so", "input points, value size_mm: it is there twice"},
        {"/value_place.so", "input points, value x: in lists of points that is another column"},
        {"/value_group.so", "input points, value size_mm: its type is 0, its group 'Sizes'"},
        {"/value_default.so", "input points, value size_mm: its default 0 is outside 1..3"},
        {"/value_null.so", "strategy 0, input 0 has 1 values of points at NULL; expected a table of at most 16"},
        {"/value_many.so", "strategy 0, input 0 has 1000 values of points; expected a table of at most 16"},
        {"/value_region.so", "input region, value size_mm: its type is 0, its group ''; expected points"},
        {"/esc_name.so",
         "its name is '\\x1B]0;approved\\x07\\x0D\\x0Aneedlepath: plan approved'; expected one line of UTF-8"},
        {"/esc_param.so", "its name is '\\x1B]0;approved"},
        {"/esc_unit.so", "its unit is '\\x1B]0;approved"},
        {"/esc_label.so", "its label is '\\x1B[2Jtwo'"},
        {"/bidi_summary.so", "its summary is 'right \\u202Eto left'"},
        {"/bidi_help.so", "its help is 'right \\u202Eto left'"},
        {"/bytes_licence.so", "its licence is '\\xC3( \\x9B'"},
        {"/bytes_group.so", "its group is '\\xC3( \\x9B'"},
        {"/long_version.so", "its version has 200 bytes or more"},
    };
    np_plugin_list list;
    use_bad_plugins("load");
    read_list(&list);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const char *reason = reason_of(&list, expected[i][0]);
        if (!strstr(reason, expected[i][1]))
            fail_msg("%s: '%s' does not say '%s'", expected[i][0], reason, expected[i][1]);
    }
    assert_int_equal(list.n_problems, sizeof expected / sizeof *expected);
    assert_int_equal(list.n_strategies, N_OURS); /* ours are there all the same */
    np_plugin_list_fini(&list);
}

static void a_later_minor_version_is_read_as_far_as_it_is_known(void **state)
{
    (void)state;
    np_plugin_list list;
    use_bad_plugins("later");
    read_list(&list);
    assert_int_equal(list.n_problems, 0);
    const np_strategy_info *later = np_plugin_list_find(&list, "later");
    assert_non_null(later);
    assert_int_equal(later->desc.param_count, 2);
    assert_string_equal(later->desc.params[0].unit, "mm");
    assert_string_equal(later->desc.params[1].id, "second");
    assert_near(later->desc.params[1].default_value, 7, 0);
    assert_int_equal(later->desc.input_count, 2);
    assert_string_equal(later->desc.inputs[1].id, "lines");
    assert_int_equal(later->desc.inputs[1].max_count, 3);
    np_plugin_list_fini(&list);
}

static void a_plugin_that_hangs_is_stopped(void **state)
{
    (void)state;
    np_plugin_list list;
    use_bad_plugins("hang");
    setenv("NEEDLEPATH_PLUGIN_TIMEOUT_S", "2", 1);
    read_list(&list);
    assert_non_null(strstr(reason_of(&list, "/hang.so"), "gave no answer within 2 s and was stopped"));
    np_plugin_list_fini(&list);
    use_bad_plugins("drip");
    read_list(&list);
    assert_non_null(strstr(reason_of(&list, "/drip.so"), "gave no answer within 2 s and was stopped"));
    np_plugin_list_fini(&list);
    unsetenv("NEEDLEPATH_PLUGIN_TIMEOUT_S");
}

static bool stop_at_once(void *context, const char *stage, double fraction)
{
    (void)stage;
    (void)fraction;
    return --*(int *)context > 0;
}

static void loading_can_be_cancelled(void **state)
{
    (void)state;
    int calls = 3;
    np_plugin_list list;
    np_error err = {0};
    np_progress progress = {stop_at_once, &calls};
    use_bad_plugins("hang");
    assert_int_equal(np_plugin_list_init(&list, &progress, &err), NP_ERR_STOPPED);
    assert_string_equal(err.text, "stopped while being loaded");
    assert_null(list.strategies);
    unsetenv("NEEDLEPATH_PLUGIN_PATH");
}

static void missing_folders_and_text_files_are_problems(void **state)
{
    (void)state;
    char folder[] = "/tmp/np_test_plugins_XXXXXX", file[64], setting[128];
    assert_non_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/text.so", folder);
    FILE *f = fopen(file, "w");
    assert_non_null(f);
    fputs("not a library\n", f);
    fclose(f);
    snprintf(setting, sizeof setting, "/nonexistent::%s", folder);
    setenv("NEEDLEPATH_PLUGIN_PATH", setting, 1);
    np_plugin_list list;
    read_list(&list);
    assert_int_equal(list.n_problems, 2);
    assert_string_equal(list.problems[0].plugin_path, "/nonexistent");
    assert_non_null(strstr(list.problems[0].reason, "No such file"));
    assert_non_null(strstr(list.problems[1].reason, "cannot be loaded"));
    np_plugin_list_fini(&list);
    unlink(file);
    rmdir(folder);
}

/* A copy of the bundled plugin NAME.so, or a pipe, in FOLDER under the name AS. */
static void put_file(const char *folder, const char *name, const char *as)
{
    char from[4300], to[4300], command[8700];
    snprintf(to, sizeof to, "%s/%s", folder, as);
    snprintf(from, sizeof from, "%s/lib/needlepath/plugins/%s", build_folder(), name ? name : "");
    snprintf(command, sizeof command, "%s %s %s", name ? "cp" : "mkfifo", name ? from : "", to);
    assert_int_equal(system(command), 0);
}

static void remove_folder(const char *folder)
{
    char command[4300];
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    unsetenv("NEEDLEPATH_PLUGIN_PATH");
}

static void the_first_to_give_an_id_wins(void **state)
{
    (void)state;
    char folder[] = "/tmp/np_test_plugins_XXXXXX", twice[128];
    assert_non_null(mkdtemp(folder));
    put_file(folder, "diffuse_density.so", "other.so");
    snprintf(twice, sizeof twice, "%s:%s", folder, folder); /* the same file again is no rival */
    setenv("NEEDLEPATH_PLUGIN_PATH", twice, 1);
    np_plugin_list list;
    read_list(&list);
    assert_int_equal(list.n_strategies, N_OURS);
    assert_int_equal(list.n_problems, 1);
    assert_non_null(strstr(list.problems[0].reason, "strategy diffuse_density is not used"));
    assert_non_null(strstr(list.problems[0].plugin_path, "/diffuse_density.so"));
    assert_true(np_plugin_hides_bundled(np_plugin_list_find(&list, "diffuse_density")));
    assert_false(np_plugin_hides_bundled(np_plugin_list_find(&list, "hairline")));
    np_plugin_list_fini(&list);
    remove_folder(folder);
}

/* One that hangs while it is loaded, and a pipe that nobody writes to, with an hour to wait for them: neither is touched. */
static void what_is_not_asked_for_is_not_loaded(void **state)
{
    (void)state;
    char folder[] = "/tmp/np_test_plugins_XXXXXX", setting[4400];
    assert_non_null(mkdtemp(folder));
    put_file(folder, NULL, "a_pipe.so");
    snprintf(setting, sizeof setting, "%s:%s/tests/badplugins/hang", folder, build_folder());
    setenv("NEEDLEPATH_PLUGIN_PATH", setting, 1);
    setenv("NEEDLEPATH_PLUGIN_TIMEOUT_S", "3600", 1);
    static const char *const names[] = {"hairline", "scar_fill", "hairline"};
    np_plugin_list list;
    assert_int_equal(np_plugin_list_init_for(&list, names, 3, NULL, NULL), NP_OK);
    assert_int_equal(list.n_strategies, 2);
    assert_int_equal(list.n_problems, 0);
    assert_non_null(np_plugin_list_find(&list, "hairline"));
    assert_non_null(np_plugin_list_find(&list, "scar_fill"));
    np_plugin_list_fini(&list);

    /* a pipe is a problem at once also when all are looked into */
    setenv("NEEDLEPATH_PLUGIN_PATH", folder, 1);
    read_list(&list);
    assert_string_equal(reason_of(&list, "/a_pipe.so"), "is no regular file");
    np_plugin_list_fini(&list);
    unsetenv("NEEDLEPATH_PLUGIN_TIMEOUT_S");
    remove_folder(folder);
}

/* Of many bad ones, the one asked for has its reason told; a name that is no file's makes all be looked into. */
static void the_reason_is_that_of_the_one_asked_for(void **state)
{
    (void)state;
    static const char *const bad[] = {"null_entry"}, *const none[] = {"no_such_strategy"}, *const odd[] = {"../x"};
    np_plugin_list list;
    use_bad_plugins("load");
    assert_int_equal(np_plugin_list_init_for(&list, bad, 1, NULL, NULL), NP_OK);
    assert_int_equal(list.n_problems, 1);
    assert_int_equal(list.n_strategies, 0);
    assert_non_null(strstr(np_plugin_list_problem(&list, "null_entry")->reason, "returned NULL"));
    assert_null(np_plugin_list_problem(&list, "no_entry"));
    np_plugin_list_fini(&list);
    assert_int_equal(np_plugin_list_init_for(&list, none, 1, NULL, NULL), NP_OK);
    assert_true(list.n_problems > 10);
    assert_int_equal(list.n_strategies, N_OURS);
    assert_null(np_plugin_list_problem(&list, "no_such_strategy"));
    np_plugin_list_fini(&list);
    unsetenv("NEEDLEPATH_PLUGIN_PATH");
    assert_int_equal(np_plugin_list_init_for(&list, odd, 1, NULL, NULL), NP_OK);
    assert_null(np_plugin_list_find(&list, "../x"));
    np_plugin_list_fini(&list);
}

/* A copy without a manifest beside those that needlepath comes with, which have theirs. */
static void without_its_helper_manifests_are_listed(void **state)
{
    (void)state;
    np_plugin_list list;
    np_error err = {0};
    char plugins[] = "/tmp/np_test_plugins_XXXXXX";
    assert_non_null(mkdtemp(plugins));
    put_file(plugins, "hairline.so", "copy.so");
    setenv("NEEDLEPATH_LIBEXEC", "/nonexistent", 1);
    read_list(&list);
    assert_int_equal(list.n_strategies, N_OURS);
    assert_int_equal(list.n_problems, 0);
    np_plugin_list_fini(&list);
    setenv("NEEDLEPATH_PLUGIN_PATH", plugins, 1);
    assert_int_equal(np_plugin_list_init(&list, NULL, &err), NP_ERR_IO);
    assert_non_null(strstr(err.text, "/nonexistent/needlepath-strategy-host"));
    assert_null(list.strategies);
    np_plugin_list_fini(&list);

    /* a program that is no helper ends at once: the plugin is a problem, and we live */
    char folder[] = "/tmp/np_test_libexec_XXXXXX", file[96];
    assert_non_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/needlepath-strategy-host", folder);
    assert_int_equal(symlink("/bin/true", file), 0);
    setenv("NEEDLEPATH_LIBEXEC", folder, 1);
    read_list(&list);
    assert_int_equal(list.n_strategies, N_OURS);
    assert_non_null(strstr(reason_of(&list, "copy.so"), "ended its process (exit status 0)"));
    np_plugin_list_fini(&list);
    unlink(file);
    rmdir(folder);
    remove_folder(plugins);
    unsetenv("NEEDLEPATH_LIBEXEC");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bundled_strategies_are_found),
        cmocka_unit_test(parameters_of_ours_are_well_documented),
        cmocka_unit_test(each_bad_plugin_is_refused_with_its_reason),
        cmocka_unit_test(a_later_minor_version_is_read_as_far_as_it_is_known),
        cmocka_unit_test(a_plugin_that_hangs_is_stopped),
        cmocka_unit_test(loading_can_be_cancelled),
        cmocka_unit_test(missing_folders_and_text_files_are_problems),
        cmocka_unit_test(what_is_not_asked_for_is_not_loaded),
        cmocka_unit_test(the_reason_is_that_of_the_one_asked_for),
        cmocka_unit_test(the_first_to_give_an_id_wins),
        cmocka_unit_test(without_its_helper_manifests_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
