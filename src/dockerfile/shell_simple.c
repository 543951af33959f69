/* SPDX-License-Identifier: Apache-2.0 */
/* Simple commands: assignments, words, redirections; and the functions that begin like one. */
#include "dockerfile/shell_private.h"

#include "base/banned.h"

/* NAME=, NAME+= or NAME[...]= at the place: the length of what stands before the value, else 0. */
static size_t assignment_length(struct shell_parser *p)
{
	size_t n = stk_shell_name_length(p, p->at);
	if (!n)
		return 0;
	if (shell_peek(p, n) == '[') {
		size_t close = stk_shell_find_close(p, p->at + n + 1, '[', ']', false);
		if (close == SIZE_MAX)
			return 0;
		n = close + 1 - p->at;
	}
	n += shell_peek(p, n) == '+';
	return shell_peek(p, n) == '=' ? n + 1 : 0;
}

/* The members of an array behind its "(". */
static struct stk_shell_word *read_array(struct shell_parser *p)
{
	struct stk_shell_word *first = NULL, **last = &first;
	p->at++;
	for (;;) {
		stk_shell_skip_lines(p);
		if (!stk_shell_word_begins(p))
			break;
		*last = stk_shell_read_word(p, SHELL_WORD);
		last = &(*last)->next;
	}
	if (shell_peek(p, 0) == ')')
		p->at++;
	else
		stk_shell_mark_broken(p, "an array is not closed");
	return first;
}

/* An assignment whose "NAME=" is `length` bytes long. */
static struct stk_shell_assignment *read_assignment(struct shell_parser *p, size_t length)
{
	struct stk_shell_assignment *assignment = STK_NEW(p->arena, struct stk_shell_assignment, 1);
	assignment->begin = shell_begin(p, p->at);
	assignment->name = (struct stk_str){ p->text + p->at, stk_shell_name_length(p, p->at) };
	assignment->append = p->text[p->at + length - 2] == '+';
	p->at += length;
	if (shell_peek(p, 0) == '(')
		assignment->values = read_array(p);
	else if (stk_shell_word_begins(p))
		assignment->values = stk_shell_read_word(p, SHELL_WORD);
	assignment->end = shell_end(p);
	return assignment;
}

/* The body of a function whose name is read; p->at stands behind "()". */
struct stk_shell_node *stk_shell_read_function_body(struct shell_parser *p, struct stk_shell_node *node)
{
	node->kind = STK_SHELL_FUNCTION;
	stk_shell_skip_lines(p);
	struct stk_shell_node *body = stk_shell_at_list_end(p) ? NULL : stk_shell_read_command(p);
	if (!body)
		stk_shell_mark_broken(p, "a function without a body");
	stk_shell_append(node, body);
	return stk_shell_close_node(p, node);
}

/* "()" behind a command's first word makes it a function. */
bool stk_shell_accept_function_head(struct shell_parser *p)
{
	size_t begin = p->at++;
	stk_shell_skip_blanks(p);
	if (shell_peek(p, 0) == ')') {
		p->at++;
		return true;
	}
	p->at = begin;
	return false;
}

/* A command being read: where the next word, assignment and redirection are hung. */
struct simple {
	struct stk_shell_node *node;
	struct stk_shell_word **words;
	struct stk_shell_assignment **assignments;
	struct stk_shell_redirect **redirects;
	struct stk_shell_word *last;
};

static void add_assignment(struct shell_parser *p, struct simple *s, size_t length)
{
	*s->assignments = read_assignment(p, length);
	s->assignments = &(*s->assignments)->next;
}

/* "export a=(b c)": the word "a=" is read when its parenthesis shows. */
static bool is_array_argument(const struct shell_parser *p, const struct simple *s)
{
	return s->last && s->last != s->node->words && stk_str_ends(s->last->text, S("=")) &&
	       s->last->end == shell_end(p);
}

/* One element of a simple command; false at its end. */
static bool read_element(struct shell_parser *p, struct simple *s)
{
	stk_shell_skip_blanks(p);
	int c = shell_peek(p, 0);
	if (c < 0 || c == '\n' || c == ';' || c == '|' || c == ')' || c == '#')
		return false;
	struct stk_shell_redirect *redirect = stk_shell_read_redirect(p);
	if (redirect) {
		*s->redirects = redirect;
		s->redirects = &redirect->next;
		return true;
	}
	if (c == '&')
		return false;
	size_t length = s->last ? 0 : assignment_length(p);
	if (length) {
		add_assignment(p, s, length);
	} else if (c == '(' && is_array_argument(p, s)) {
		(void)read_array(p);
	} else if (c == '(') {
		stk_shell_mark_broken(p, "unexpected parenthesis");
		return false;
	} else {
		s->last = *s->words = stk_shell_read_word(p, SHELL_WORD);
		s->words = &s->last->next;
	}
	return true;
}

/* "[" wants "]" as its last argument: no shell refuses to parse without it, but none runs it. */
static void check_test(struct shell_parser *p, const struct stk_shell_node *node)
{
	const struct stk_shell_word *last = node->n_arguments ? node->arguments[node->n_arguments - 1] : NULL;
	if (stk_str_is(node->name, "[") && (!last || !stk_str_is(last->text, "]")))
		stk_shell_mark_broken(p, "\"[\" without \"]\"");
}

/* The command is entered in the list before its words are read, so that commands inside of its substitutions
   stand behind it; it is taken out again when it turns out to be a function or nothing at all. */
struct stk_shell_node *stk_shell_read_simple(struct shell_parser *p)
{
	struct stk_shell_node *node = stk_shell_new_node(p, STK_SHELL_SIMPLE);
	struct simple s = { node, &node->words, &node->assignments, &node->redirects, NULL };
	size_t slot = p->shell->commands.n;
	*STK_PUSH(p->arena, &p->shell->commands) = node;
	node->end = node->begin;
	while (read_element(p, &s)) {
		node->end = shell_end(p);
		bool first = s.last && s.last == node->words && !s.last->next;
		if (first && !node->redirects && !node->assignments && s.last->literal) {
			stk_shell_skip_blanks(p);
			if (shell_peek(p, 0) == '(' && stk_shell_accept_function_head(p)) {
				p->shell->commands.n = slot;
				return stk_shell_read_function_body(p, node);
			}
		}
	}
	if (!s.last && !node->assignments && !node->redirects)
		p->shell->commands.n = slot;
	stk_shell_finish_command(p->arena, node);
	check_test(p, node);
	return node;
}
