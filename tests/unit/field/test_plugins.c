#include "../test.h"

#include "field/plugins.h"

static void the_three_strategies_are_found(void **state)
{
    (void)state;
    np_plugin_list list;
    np_error err = {0};
    unsetenv("NEEDLEPATH_PLUGIN_PATH");
    if (np_plugin_list_init(&list, &err) != NP_OK)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < list.n_problems; i++)
        print_message("%s: %s\n", list.problems[i].plugin_path, list.problems[i].reason);
    assert_int_equal(list.n_problems, 0);
    const char *const ids[] = {"diffuse_density", "hairline", "scar_fill"};
    assert_int_equal(list.n_strategies, 3);
    for (size_t i = 0; i < 3; i++) {
        const np_strategy_info *info = np_plugin_list_find(&list, ids[i]);
        assert_non_null(info);
        assert_ptr_equal(info, &list.strategies[i]);
        assert_true(info->desc.param_count > 5);
        assert_null(info->desc.paint);
        assert_true(info->has_paint);
        assert_string_equal(info->desc.version, "1.0.0");
    }
    const np_param_desc *shape = &np_plugin_list_find(&list, "hairline")->desc.params[0];
    assert_string_equal(shape->id, "shape");
    assert_int_equal(shape->type, NP_PARAM_OPTION);
    assert_string_equal(shape->labels[1], "linear");
    assert_null(shape->labels[5]);
    assert_null(np_plugin_list_find(&list, "hair"));
    np_plugin_list_fini(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_three_strategies_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
