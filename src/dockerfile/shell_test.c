/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/limits.h"
#include "dockerfile/shell.h"
#include "base/banned.h"

/* All commands on one line: "name(argument,argument) name()"; "-" for a command word that is not literal. */
static const char *commands_of(const char *text)
{
	static char line[4096];
	STK_ARENA arena = { 0 };
	STK_BUF out = stk_buf_new(sizeof(line) - 1);
	const struct stk_shell *shell = stk_shell_parse(&arena, stk_str_from(text));
	for (size_t i = 0; i < shell->commands.n; i++) {
		const struct stk_shell_node *command = shell->commands.v[i];
		if (!command->words)
			continue;
		stk_buf_printf(&out, "%s" STK_FMT "(", out.n ? " " : "",
			       STK_ARG(command->name.n ? command->name : S("-")));
		for (size_t a = 0; a < command->n_arguments; a++)
			stk_buf_printf(&out, "%s" STK_FMT, a ? "," : "", STK_ARG(command->arguments[a]->text));
		stk_buf_byte(&out, ')');
	}
	if (shell->broken)
		stk_buf_add(&out, S(" broken"));
	snprintf(line, sizeof(line), STK_FMT, STK_ARG(stk_buf_str(&out)));
	return line;
}

struct reading {
	const char *text, *commands;
};

static void check(const struct reading *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(commands_of(t[i].text), t[i].commands) != 0)
			fail_msg("%s\n gives %s\n not   %s", t[i].text, commands_of(t[i].text), t[i].commands);
}

CASE(simple_commands)
{
	static const struct reading t[] = {
		{ "", "" },
		{ "  # only a comment", "" },
		{ "apt-get install -y curl", "apt-get(install,-y,curl)" },
		{ "a&&b||c;d&e|f", "a() b() c() d() e() f()" },
		{ "A=1 B=\"x y\" make all", "make(all)" },
		{ "A=1", "" },
		{ "a > out 2>&1 b <in", "a(b)" },
		{ "a 2>/dev/null 3 {fd}>x &>y", "a(3)" },
		{ "a # b\nc", "a() c()" },
		{ "a#b", "a#b()" },
		{ "a \\\n  b", "a(b)" },
		{ "\\cd /x", "cd(/x)" },
		{ "c''d /x", "cd(/x)" },
		{ "$cmd x", "-(x)" },
		{ "busybox wget x", "wget(wget,x)" },
		{ "command -v x", "command(-v,x)" },
		{ "exec -a me sh", "sh(-a,me,sh)" },
		{ "! a", "a()" },
		{ "time a b", "time() a(b)" },
		{ "export A=b c", "export(A=b,c)" },
		{ "declare -a x=(1 2) y", "declare(-a,x=,y)" },
		{ "x=(a $(b)) c", "c() b()" },
		{ "x[1]=2 c", "c()" },
		{ "x+=2 c", "c()" },
		{ "1x=2", "1x=2()" },
	};
	check(t, STK_LEN(t));
}

CASE(words)
{
	static const struct reading t[] = {
		{ "e 'a b' \"c d\" e\\ f", "e(a b,c d,e f)" },
		{ "e $x ${x} ${x:-y} \"${x:-\"y z\"}\" $1 $@", "e(${x},${x},${x:-y},${x:-y z},${1},${@})" },
		{ "e $(a b) $(a; b) `a b` $((1+2)) $[1]", "e(${ab},${},${VAR},${VAR},${VAR}) a(b) a() b() a(b)" },
		{ "e *.c [ab]x x? {a,b}c {} a{1..3} @(a|b)z", "e(*.c,[ab]x,x?,c,{},a,z)" },
		{ "e <(a b) >(c)", "e(,) a(b) c()" },
		{ "e $'a\\nb\\x41\\101\\u0041' $\"x\"", "e(a\nbAAA,x)" },
		{ "e \"a\\nb\\$c\\\"\"", "e(a\\nb$c\")" },
		{ "e \"$(a \"b c\")\"", "e(${ab c}) a(b c)" },
		{ "e a=b:c,d~@%^", "e(a=b:c,d~@%^)" },
		{ "e $ $. \"$\"", "e($,$.,$)" },
		{ "e \"a`b \\`c\\``\"", "e(a${VAR}) b(${VAR}) c()" },
		{ "e $(( $(a) + `b` ))", "e(${VAR}) a() b()" },
		{ "e ${x:-$(a)} ${#x} ${x//a/b} ${x[@]}", "e(${x:-${a}},${#x},${x//a/b},${x[@]}) a()" },
		{ "e $( (a) )", "e(${}) a()" },
		{ "e $((a) | b)", "e(${}) a() b()" },
	};
	check(t, STK_LEN(t));
}

CASE(compound_commands)
{
	static const struct reading t[] = {
		{ "if a; then b; elif c; then d; else e; fi && f", "a() b() c() d() e() f()" },
		{ "if [ -f x ]; then b; fi", "[(-f,x,]) b()" },
		{ "for x in a $(b); do c $x; done", "b() c(${x})" },
		{ "for x; do c; done", "c()" },
		{ "for ((i=0;i<3;i++)); do c; done", "c()" },
		{ "while a; do b; done < f", "a() b()" },
		{ "until a\ndo\nb\ndone", "a() b()" },
		{ "case $x in a|b) c;; (*) d ;& esac", "c() d()" },
		{ "case $(a) in\n x) b ;;\n y) ;;\nesac; c", "a() b() c()" },
		{ "(a; (b)); { c; d; }", "a() b() c() d()" },
		{ "f() { a; }; f", "a() f()" },
		{ "function f { a; } ; function g() ( b )", "a() b()" },
		{ "[[ $a == $(b) && -f x || ( $c =~ ^(a|b)$ ) ]] && d", "b() d()" },
		{ "(( x > $(a) )) && b", "a() b()" },
		{ "set -eux; a \\\n && b", "set(-eux) a() b()" },
		{ "a | b |& c", "a() b() c()" },
		{ "if a; then; b; fi", "a() b()" },
		{ "echo done fi then", "echo(done,fi,then)" },
	};
	check(t, STK_LEN(t));
}

CASE(documents)
{
	static const struct reading t[] = {
		{ "cat <<EOF\nx $(a) `b`\nEOF\nc", "cat() a() b() c()" },
		{ "cat <<'EOF'\nx $(a)\nEOF\nc", "cat() c()" },
		{ "cat <<-EOF > f\n\tx\n\tEOF\nc", "cat() c()" },
		{ "a <<X b <<Y\n1\nX\n2\nY\nc", "a(b) c()" },
		{ "cat <<EOF\nnever closed", "cat()" },
		{ "cat <<< word", "cat()" },
		{ "a $(cat <<X\nx\nX\n) b", "a(${cat},b) cat()" },
	};
	check(t, STK_LEN(t));
}

CASE(broken_text_is_read_as_far_as_it_goes)
{
	static const struct reading t[] = {
		{ "a \"b", "a(b) broken" },
		{ "a && ", "a() broken" },
		{ "a ; ; b", "a() b() broken" },
		{ "| a", "a() broken" },
		{ "a (b) c", "a() b() c() broken" },
		{ "fi; a", "a() broken" },
		{ "if a; then b", "a() b() broken" },
		{ "{ a; ", "a() broken" },
		{ "a ) b", "a() b() broken" },
		{ "if a; then fi; b", "a() b() broken" },
		{ "a $(b", "a(${b}) b() broken" },
		{ "a ${b", "a(${b}) broken" },
		{ "[ -f x && a", "[(-f,x) a() broken" },
		{ "for; do a; done", "a() broken" },
		{ "(a) b", "a() b() broken" },
	};
	check(t, STK_LEN(t));
}

CASE(structure)
{
	STK_ARENA arena = { 0 };
	const struct stk_shell *shell = stk_shell_parse(&arena, S("! a x | b && (c) > f; d &"));
	const struct stk_shell_node *node = shell->root->children;
	assert_str(stk_str_from(shell->broken_why), "");
	assert_int_equal(shell->n_pipes, 1);
	assert_int_equal(node->kind, STK_SHELL_PIPELINE);
	assert_true(node->negated);
	assert_str(node->separator, "&&");
	assert_str(node->children->separator, "|");
	assert_int_equal(node->children->next->begin, 8);
	assert_ptr_equal(node->children->parent, node);
	node = node->next;
	assert_int_equal(node->kind, STK_SHELL_SUBSHELL);
	assert_str(node->redirects->target->text, "f");
	assert_str(node->separator, ";");
	assert_str(node->next->separator, "&");
}

CASE(positions)
{
	STK_ARENA arena = { 0 };
	const struct stk_shell *shell = stk_shell_parse(&arena, S("  a \"b c\" d\\ e `f \\`g\\`` 2> h"));
	const struct stk_shell_node *a = shell->commands.v[0];
	assert_int_equal(a->begin, 2);
	assert_int_equal(a->arguments[0]->begin, 4);
	assert_int_equal(a->arguments[0]->end, 9);
	assert_int_equal(a->arguments[1]->begin, 10);
	assert_int_equal(a->arguments[1]->end, 14);
	assert_int_equal(a->arguments[2]->begin, 15);
	assert_int_equal(a->arguments[2]->end, 24);
	assert_int_equal(a->redirects->begin, 25);
	assert_str(a->redirects->descriptor, "2");
	assert_str(shell->commands.v[1]->name, "f");
	assert_int_equal(shell->commands.v[1]->begin, 15);
	assert_true(a->arguments[0]->quoted && a->arguments[1]->quoted && !a->words->quoted);
}

CASE(ends_exclude_blanks)
{
	STK_ARENA arena = { 0 };
	const struct stk_shell *shell = stk_shell_parse(&arena, S("a b | c   # d"));
	assert_int_equal(shell->commands.v[0]->end, 3);
	assert_int_equal(shell->commands.v[1]->end, 7);
	assert_int_equal(shell->root->last_child->end, 7);
	assert_int_equal(shell->root->end, 7);
	shell = stk_shell_parse(&arena, S("a\\  ; { b; }  > c  "));
	assert_int_equal(shell->commands.v[0]->end, 3);
	assert_int_equal(shell->root->last_child->end, 17);
}

CASE(nesting_is_bounded)
{
	STK_ARENA arena = { 0 };
	static const char *const openings[] = { "$(",  "(",  "{ ",   "if a; then ", "`", "${a:-", "\"$(",
						"$((", "@(", "f() ", "x=(",	    "[", "{" };
	for (size_t i = 0; i < STK_LEN(openings); i++) {
		STK_BUF text = stk_buf_new(STK_MIB(1));
		for (size_t n = 0; n < 20000; n++)
			stk_buf_add(&text, stk_str_from(openings[i]));
		const struct stk_shell *shell = stk_shell_parse(&arena, stk_buf_str(&text));
		assert_non_null(shell->root);
	}
}

CASE(flags)
{
	STK_ARENA arena = { 0 };
	const struct stk_shell *shell = stk_shell_parse(&arena, S("apt-get -qq install --target-release=x -yf a -- -"));
	const struct stk_shell_node *command = shell->commands.v[0];
	assert_true(stk_shell_has_argument(command, S("install")));
	assert_true(stk_shell_flag(command, S("f")) && stk_shell_flag(command, S("target-release")) &&
		    !stk_shell_flag(command, S("t")));
	assert_false(stk_shell_is_flag(command->arguments[4]));
	assert_int_equal(stk_shell_dialect_of(S("C:\\Windows\\PowerShell.EXE")), STK_SHELL_POWERSHELL);
	assert_int_equal(stk_shell_dialect_of(S("/bin/bash")), STK_SHELL_BASH);
	assert_int_equal(stk_shell_dialect_of(S("cmd")), STK_SHELL_CMD);
	assert_int_equal(stk_shell_dialect_of(S("/bin/ash")), STK_SHELL_POSIX);
	assert_int_equal(stk_shell_dialect_of(S("/usr/bin/python3")), STK_SHELL_OTHER);
}
