/* SPDX-License-Identifier: Apache-2.0 */
/* Heredocs: the Dockerfile reference ("Here-documents") and POSIX XCU 2.7.4, which it follows. */
#include "base/buf.h"
#include "base/limits.h"
#include "dockerfile/dockerfile.h"
#include "dockerfile/parse.h"
#include "test.h"

/* "name[-][ quoted]:body" of each heredoc of the first instruction, then how many instructions there are. */
static struct stk_str described(struct stk_arena *arena, const char *text)
{
	STK_BUF out = stk_buf_new(STK_MIB(1));
	struct stk_dockerfile *file = stk_dockerfile_parse(arena, S("Dockerfile"), stk_str_from(text), NULL);
	const struct stk_instruction *at =
		file->instructions.v[0]->inner ? file->instructions.v[0]->inner : file->instructions.v[0];
	for (size_t i = 0; i < at->heredocs.n; i++) {
		const struct stk_heredoc *h = &at->heredocs.v[i];
		stk_buf_printf(&out, STK_FMT "%s%s%s:" STK_FMT "|", STK_ARG(h->name), h->chomp ? "-" : "",
			       h->expand ? "" : " quoted", h->terminated ? "" : " open", STK_ARG(h->body));
	}
	stk_buf_printf(&out, "%zu", file->instructions.n);
	return stk_arena_str(arena, stk_buf_str(&out));
}

CASE(forms)
{
	static const struct {
		const char *text, *want;
	} t[] = {
		{ "RUN <<EOF\na\nb\nEOF\nUSER x", "EOF:a\nb\n|2" },
		{ "RUN <<EOF\nEOF\nUSER x", "EOF:|2" },
		{ "RUN <<-EOF\n\ta\n\t\tb\n\tEOF\nUSER x", "EOF-:a\nb\n|2" },
		{ "RUN <<EOF\n\ta\n\tEOF\nEOF", "EOF:\ta\n\tEOF\n|1" }, /* tabs count without "-" */
		{ "RUN <<'EOF'\n$a\nEOF", "EOF quoted:$a\n|1" },
		{ "RUN <<\"EOF\"\n$a\nEOF", "EOF quoted:$a\n|1" },
		{ "RUN <<E\"O\"F\n$a\nEOF", "EOF quoted:$a\n|1" },
		{ "RUN <<-'EOF'\n\t$a\nEOF", "EOF- quoted:$a\n|1" },
		{ "RUN << EOF\na\nEOF\nUSER x", "EOF:a\n|2" },
		{ "RUN cat <<EOF > /x\na\nEOF\nUSER x", "EOF:a\n|2" },
		{ "RUN <<EOF sh -x\na\nEOF\nUSER x", "EOF:a\n|2" },
		{ "RUN 3<<EOF cat\na\nEOF\nUSER x", "EOF:a\n|2" },
		{ "RUN <<A cat <<B\n1\nA\n2\nB\nUSER x", "A:1\n|B:2\n|2" },
		{ "COPY <<a.txt <<b.txt /d/\n1\na.txt\n2\nb.txt\n", "a.txt:1\n|b.txt:2\n|1" },
		{ "ADD --chmod=1 <<F /f\n1\nF\n", "F:1\n|1" },
		{ "ONBUILD RUN <<E\na\nE\nUSER x", "E:a\n|2" },
		{ "RUN <<EOF\r\na\r\nEOF\r\nUSER x", "EOF:a\r\n|2" },
		{ "RUN \\\n <<EOF\na\nEOF\nUSER x", "EOF:a\n|2" },
		{ "RUN <<EOF\na\n EOF\nEOFX\nEOF\nUSER x", "EOF:a\n EOF\nEOFX\n|2" },
		{ "RUN <<EOF\na \\\nb\n# c\n\nEOF\nUSER x", "EOF:a \\\nb\n# c\n\n|2" },
		{ "RUN <<EOF\nFROM b\nEOF", "EOF:FROM b\n|1" },
		{ "RUN <<EOF\na", "EOF open:a|1" },
		/* What announces none. */
		{ "RUN [\"a\", \"<<EOF\"]\nUSER x", "2" },
		{ "CMD <<EOF\nUSER x", "2" },
		{ "ENV A=<<EOF\nUSER x", "2" },
		{ "RUN cat <<<word\nUSER x", "2" },
		{ "RUN echo '<<EOF'\nUSER x", "2" },
		{ "RUN echo \"<<EOF\"\nUSER x", "2" },
		{ "RUN a<<EOF\nUSER x", "2" },
		{ "RUN echo $((1<<2))\nUSER x", "2" },
		{ "RUN cat <<\nUSER x", "2" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_str got = described(&arena, t[i].text);
		if (!stk_str_is(got, t[i].want))
			fail_msg("%s\ngives " STK_FMT "\nnot   %s", t[i].text, STK_ARG(got), t[i].want);
	}
}

CASE(what_the_shell_gets)
{
	static const struct {
		const char *text;
		bool is_body;
		const char *shell;
	} t[] = {
		{ "RUN <<EOF\na\nEOF", true, "a\n" },
		{ "RUN <<-EOF\n\ta\n\tEOF", true, "a\n" },
		{ "RUN --mount=type=tmpfs,target=/t <<EOF\na\nEOF", true, "a\n" },
		{ "RUN cat <<EOF\na\nEOF", false, "cat <<EOF" },
		{ "RUN <<EOF > /x\na\nEOF", false, "<<EOF > /x" },
		{ "RUN <<A <<B\n1\nA\n2\nB", false, "<<A <<B" },
		{ "RUN a", false, "a" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_dockerfile *file =
			stk_dockerfile_parse(&arena, S("Dockerfile"), stk_str_from(t[i].text), NULL);
		const struct stk_instruction *at = file->instructions.v[0];
		if (at->shell_is_heredoc != t[i].is_body || !stk_str_is(at->shell_text.text, t[i].shell))
			fail_msg("%s gives %d " STK_FMT, t[i].text, at->shell_is_heredoc, STK_ARG(at->shell_text.text));
	}
}

CASE(places)
{
	STK_ARENA arena = { 0 };
	struct stk_dockerfile *file = stk_dockerfile_parse(
		&arena, S("Dockerfile"), S("FROM a\nRUN <<-EOF\n\t\tone\n\ttwo\n\tEOF\nUSER x\n"), NULL);
	const struct stk_instruction *run = file->instructions.v[1];
	size_t at = stk_str_find(run->shell_text.text, S("two"));
	struct stk_span span = stk_source_span(&run->shell_text, at, at + 3);
	assert_str(stk_str_slice(file->text, span.begin, span.end), "two");
	span = stk_source_span(&run->shell_text, 0, at + 3);
	assert_str(stk_str_slice(file->text, span.begin, span.end), "one\n\ttwo");
	assert_str(stk_str_slice(file->text, run->heredocs.v[0].marker.begin, run->heredocs.v[0].marker.end), "<<-EOF");
	assert_str(stk_str_slice(file->text, run->span.begin, run->span.end), "RUN <<-EOF\n\t\tone\n\ttwo\n\tEOF");
	assert_str(stk_str_slice(file->text, run->head.begin, run->head.end), "RUN <<-EOF");
	assert_int_equal(run->end_line, 5);
	assert_int_equal(run->head_end_line, 2);
	assert_int_equal(file->instructions.v[2]->line, 6);
}

CASE(errors)
{
	static const struct {
		const char *text, *where;
	} t[] = {
		{ "RUN <<EOF\na\n", "<<EOF" },
		{ "COPY <<A <<B /x/\n1\nA\n2\n", "<<B" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_dockerfile *file =
			stk_dockerfile_parse(&arena, S("Dockerfile"), stk_str_from(t[i].text), NULL);
		assert_int_equal(file->errors.n, 1);
		assert_str(stk_str_slice(file->text, file->errors.v[0].span.begin, file->errors.v[0].span.end),
			   t[i].where);
	}
	STK_ARENA arena = { 0 };
	struct stk_dockerfile *file =
		stk_dockerfile_parse(&arena, S("Dockerfile"), S("COPY a <<EOF\nb\nEOF\nUSER x"), NULL);
	assert_true(file->instructions.v[0]->broken);
	assert_int_equal(file->instructions.v[1]->keyword, STK_USER);
}
