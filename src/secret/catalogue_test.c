/* SPDX-License-Identifier: Apache-2.0 */
#include "secret/engine.h"
#include "secret/value.h"
#include "test.h"

CASE(secret_ids_are_unique_and_rows_fit)
{
	for (size_t i = 0; i < stk_n_secret_catalogue; i++) {
		const struct stk_secret_rule *rule = &stk_secret_catalogue[i];
		assert_ptr_equal(rule->row, &stk_secret_rule_table.rows[i]);
		assert_string_equal(rule->row->id + 4, rule->row->aliases[0]);
		assert_true(rule->regex || rule->paths);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(rule->row->id, stk_secret_catalogue[k].row->id);
	}
	assert_true(stk_n_secret_catalogue > 200);
}

CASE(secret_expressions_compile_and_widths_fit)
{
	for (size_t i = 0; i < stk_n_secret_catalogue; i++) {
		const char *texts[] = { stk_secret_catalogue[i].regex, stk_secret_catalogue[i].paths };
		for (size_t k = 0; k < 2; k++) {
			int code;
			PCRE2_SIZE at;
			if (!texts[k])
				continue;
			pcre2_code *regex =
				pcre2_compile((PCRE2_SPTR)texts[k], PCRE2_ZERO_TERMINATED, 0, &code, &at, NULL);
			if (!regex)
				fail_msg("%s: error %d at byte %zu", stk_secret_catalogue[i].row->id, code, (size_t)at);
			pcre2_code_free(regex);
		}
		assert_true(!stk_secret_rule_everywhere(&stk_secret_catalogue[i]) || stk_secret_catalogue[i].width);
	}
}

CASE(secret_values_are_told_apart)
{
	static const struct {
		const char *value;
		bool (*is)(struct stk_str value);
		bool want;
	} t[] = {
		{ "your-token-here", stk_value_placeholder, true },
		{ "b8Kx72mQpZ", stk_value_placeholder, false },
		{ "<token>", stk_value_placeholder, true },
		{ "${TOKEN}", stk_value_template, true },
		{ "$(cat /run/x)", stk_value_template, true },
		{ "%API_TOKEN%", stk_value_template, true },
		{ "{{ token }}", stk_value_template, true },
		{ "ENC(abc)", stk_value_template, true },
		{ "pa$sw0rd!x", stk_value_template, false },
		{ "aaaaaaab", stk_value_repeats, true },
		{ "x0123456y", stk_value_sequence, true },
		{ "xqwertyuiop", stk_value_sequence, true },
		{ "K3v9Qx1L", stk_value_sequence, false },
		{ "get_token_from_vault_v2", stk_value_identifier, true },
		{ "a1b2c3d4e5", stk_value_identifier, false },
		{ "/run/secrets/token.txt", stk_value_path, true },
		{ "https://auth.internal/x", stk_value_path, true },
		{ "Zk/8hQ2+vB/x19Ty", stk_value_path, false },
		{ "00000000-0000-0000-0000-000000000000", stk_value_uuid_nil, true },
		{ "minioadmin", stk_value_weak, true },
		{ "reset_password_view_v2", stk_value_wordy, true },
		{ "x7Kd92LmQ0vTz5RbWn4c", stk_value_wordy, false },
		{ "aabbaabbaabbaabb", stk_value_monotonous, true },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		if (t[i].is(stk_str_from(t[i].value)) != t[i].want)
			fail_msg("row %zu: %s", i, t[i].value);
	assert_true(stk_value_entropy(S("abcdabcd")) > 1.99 && stk_value_entropy(S("abcdabcd")) < 2.01);
}
