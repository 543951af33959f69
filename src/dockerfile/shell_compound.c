/* SPDX-License-Identifier: Apache-2.0 */
/* if, for, while, case, groups, conditions, functions. */
#include "dockerfile/shell_private.h"

#include "base/banned.h"

/* A word that is missing makes the text broken, but reading goes on: rules still see the commands. */
static void expect_word(struct shell_parser *p, const char *word, const char *why)
{
	stk_shell_skip_lines(p);
	if (!stk_shell_accept_word(p, word))
		stk_shell_mark_broken(p, why);
}

/* A list that must hold something. "then;" is read as "then". */
static struct stk_shell_node *read_body(struct shell_parser *p, const char *why)
{
	stk_shell_skip_blanks(p);
	if (shell_peek(p, 0) == ';' && !stk_shell_at_case_end(p))
		p->at++;
	struct stk_shell_node *list = stk_shell_read_list(p);
	if (!list->children)
		stk_shell_mark_broken(p, why);
	return list;
}

/* Children are conditions and bodies in turn; an odd last one is the "else". */
static struct stk_shell_node *read_if(struct shell_parser *p)
{
	struct stk_shell_node *node = stk_shell_new_node(p, STK_SHELL_IF);
	p->at += 2;
	do {
		stk_shell_append(node, read_body(p, "\"if\" without a condition"));
		expect_word(p, "then", "\"if\" without \"then\"");
		stk_shell_append(node, read_body(p, "\"then\" without commands"));
	} while (stk_shell_accept_word(p, "elif"));
	if (stk_shell_accept_word(p, "else"))
		stk_shell_append(node, read_body(p, "\"else\" without commands"));
	expect_word(p, "fi", "\"if\" without \"fi\"");
	return node;
}

/* "do list done", or "{ list }" as bash allows for for. */
static void read_loop_body(struct shell_parser *p, struct stk_shell_node *node)
{
	stk_shell_skip_lines(p);
	bool braces = stk_shell_accept_word(p, "{");
	if (!braces)
		expect_word(p, "do", "a loop without \"do\"");
	stk_shell_append(node, read_body(p, "\"do\" without commands"));
	expect_word(p, braces ? "}" : "done", "a loop without \"done\"");
}

/* "while" and "until": both words have five letters. */
static struct stk_shell_node *read_while(struct shell_parser *p)
{
	struct stk_shell_node *node = stk_shell_new_node(p, STK_SHELL_LOOP);
	p->at += 5;
	stk_shell_append(node, read_body(p, "a loop without a condition"));
	read_loop_body(p, node);
	return node;
}

/* "((...))" at the place; NULL, with nothing read, when it is a subshell within a subshell. */
static struct stk_shell_node *read_expression(struct shell_parser *p)
{
	struct stk_shell_node *node = stk_shell_new_node(p, STK_SHELL_EXPRESSION);
	size_t begin = p->at;
	p->at += 2;
	size_t close = stk_shell_find_arithmetic_end(p);
	if (close == SIZE_MAX) {
		p->at = begin;
		return NULL;
	}
	struct stk_shell_word *word = STK_NEW(p->arena, struct stk_shell_word, 1);
	word->begin = shell_begin(p, p->at);
	word->text = (struct stk_str){ p->text + p->at, close - p->at };
	word->parts = stk_shell_read_inner(p, close, SHELL_DOCUMENT);
	word->end = shell_end(p);
	node->words = word;
	p->at = close + 2;
	return stk_shell_close_node(p, node);
}

/* The values behind "in", up to the end of the line or ";". */
static void read_values(struct shell_parser *p, struct stk_shell_word **last)
{
	for (stk_shell_skip_blanks(p); stk_shell_word_begins(p) && shell_peek(p, 0) != '#'; stk_shell_skip_blanks(p)) {
		*last = stk_shell_read_word(p, SHELL_WORD);
		last = &(*last)->next;
	}
	if (shell_peek(p, 0) == ';')
		p->at++;
}

/* "for" and "select": a name with or without "in VALUES", or bash's ((a; b; c)). words holds the name, then the
   values. */
static struct stk_shell_node *read_for(struct shell_parser *p)
{
	struct stk_shell_node *node = stk_shell_new_node(p, STK_SHELL_FOR);
	p->at += stk_shell_at_word(p, "select") ? 6 : 3;
	stk_shell_skip_blanks(p);
	if (stk_shell_at_text(p, "((")) {
		stk_shell_append(node, read_expression(p));
		stk_shell_skip_blanks(p);
		if (shell_peek(p, 0) == ';')
			p->at++;
	} else if (stk_shell_word_begins(p)) {
		node->words = stk_shell_read_word(p, SHELL_WORD);
		stk_shell_skip_blanks(p);
		if (shell_peek(p, 0) == ';')
			p->at++;
		stk_shell_skip_lines(p);
		if (stk_shell_accept_word(p, "in"))
			read_values(p, &node->words->next);
	} else {
		stk_shell_mark_broken(p, "\"for\" without a name");
	}
	read_loop_body(p, node);
	return node;
}

/* "pattern | pattern )"; false when there is none. */
static bool read_patterns(struct shell_parser *p, struct stk_shell_word ***last)
{
	if (shell_peek(p, 0) == '(')
		p->at++;
	for (stk_shell_skip_lines(p); stk_shell_word_begins(p); stk_shell_skip_lines(p)) {
		**last = stk_shell_read_word(p, SHELL_WORD);
		*last = &(**last)->next;
		stk_shell_skip_lines(p);
		if (shell_peek(p, 0) != '|')
			break;
		p->at++;
	}
	if (shell_peek(p, 0) != ')')
		return false;
	p->at++;
	return true;
}

/* ";;&" before ";;": the longer one is bash's, which goes on testing patterns. */
static void accept_case_end(struct shell_parser *p)
{
	if (stk_shell_at_text(p, ";;&"))
		p->at += 3;
	else if (stk_shell_at_case_end(p))
		p->at += 2;
}

/* words holds the subject, then all patterns of all branches; children are the branches' lists. */
static struct stk_shell_node *read_case(struct shell_parser *p)
{
	struct stk_shell_node *node = stk_shell_new_node(p, STK_SHELL_CASE);
	struct stk_shell_word **last = &node->words;
	p->at += 4;
	stk_shell_skip_lines(p);
	if (stk_shell_word_begins(p)) {
		*last = stk_shell_read_word(p, SHELL_WORD);
		last = &(*last)->next;
	}
	expect_word(p, "in", "\"case\" without \"in\"");
	for (;;) {
		stk_shell_skip_lines(p);
		if (shell_peek(p, 0) < 0 || stk_shell_at_word(p, "esac") || !read_patterns(p, &last))
			break;
		stk_shell_append(node, stk_shell_read_list(p));
		if (!stk_shell_at_case_end(p) && !stk_shell_at_word(p, "esac"))
			break;
		accept_case_end(p);
	}
	expect_word(p, "esac", "\"case\" without \"esac\"");
	return node;
}

/* "( list )" and "{ list }". The closing "}" is a word, so that "{ a }" without a ";" is not closed; ")" closes
   anywhere. */
static struct stk_shell_node *read_grouped(struct shell_parser *p, enum stk_shell_kind kind)
{
	struct stk_shell_node *node = stk_shell_new_node(p, kind);
	p->at++;
	struct stk_shell_node *list = stk_shell_read_list(p);
	if (!list->children)
		stk_shell_mark_broken(p, "a group without commands");
	stk_shell_append(node, list);
	if (kind == STK_SHELL_SUBSHELL && shell_peek(p, 0) == ')')
		p->at++;
	else if (kind == STK_SHELL_SUBSHELL || !stk_shell_accept_word(p, "}"))
		stk_shell_mark_broken(p, "a group is not closed");
	return node;
}

/* [[ ... ]]: words and operators; the word behind =~ is read up to the next blank. */
static struct stk_shell_node *read_condition(struct shell_parser *p)
{
	struct stk_shell_node *node = stk_shell_new_node(p, STK_SHELL_CONDITION);
	struct stk_shell_word **last = &node->words;
	bool regex = false;
	p->at += 2;
	for (;;) {
		stk_shell_skip_lines(p);
		int c = shell_peek(p, 0);
		if (c < 0 || stk_shell_at_word(p, "]]"))
			break;
		if (!stk_shell_word_begins(p)) {
			p->at++;
			continue;
		}
		*last = stk_shell_read_word(p, regex ? SHELL_REGEX : SHELL_WORD);
		regex = stk_str_is((*last)->text, "=~");
		last = &(*last)->next;
	}
	if (!stk_shell_accept_word(p, "]]"))
		stk_shell_mark_broken(p, "\"[[\" without \"]]\"");
	return node;
}

/* "function NAME [()] BODY"; the form "NAME() BODY" begins like a simple command and is found there. */
static struct stk_shell_node *read_function(struct shell_parser *p)
{
	struct stk_shell_node *node = stk_shell_new_node(p, STK_SHELL_FUNCTION);
	p->at += 8;
	stk_shell_skip_blanks(p);
	if (stk_shell_word_begins(p))
		node->words = stk_shell_read_word(p, SHELL_WORD);
	stk_shell_skip_blanks(p);
	if (shell_peek(p, 0) == '(')
		(void)stk_shell_accept_function_head(p);
	return stk_shell_read_function_body(p, node);
}

/* The compound command that begins here, or NULL. */
struct stk_shell_node *stk_shell_read_compound(struct shell_parser *p)
{
	struct stk_shell_node *node;
	switch (shell_peek(p, 0)) {
	case '(':
		node = stk_shell_at_text(p, "((") ? read_expression(p) : NULL;
		return node ? node : read_grouped(p, STK_SHELL_SUBSHELL);
	case '{':
		return stk_shell_at_word(p, "{") ? read_grouped(p, STK_SHELL_GROUP) : NULL;
	case '[':
		return stk_shell_at_word(p, "[[") ? read_condition(p) : NULL;
	case 'i':
		return stk_shell_at_word(p, "if") ? read_if(p) : NULL;
	case 'w':
		return stk_shell_at_word(p, "while") ? read_while(p) : NULL;
	case 'u':
		return stk_shell_at_word(p, "until") ? read_while(p) : NULL;
	case 's':
		return stk_shell_at_word(p, "select") ? read_for(p) : NULL;
	case 'c':
		return stk_shell_at_word(p, "case") ? read_case(p) : NULL;
	case 'f':
		return stk_shell_at_word(p, "for")	  ? read_for(p)
		       : stk_shell_at_word(p, "function") ? read_function(p)
							  : NULL;
	default:
		return NULL;
	}
}
