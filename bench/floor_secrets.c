/* SPDX-License-Identifier: Apache-2.0 */
/* The floor of a search for secrets: Hyperscan alone with the whole rule set, over files that are in memory. Reads
 * their names from standard input, prints megabytes and seconds of processor time of the best of five rounds. */
#include <hs/hs_runtime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern const char stk_secret_database[]; /* of build/secret_database.c */

static struct text {
	char *p;
	size_t n;
} * texts;
static size_t n_texts;

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
	(void)id, (void)from, (void)to, (void)flags;
	++*(size_t *)context;
	return 0;
}

static void read_text(const char *name)
{
	FILE *file = fopen(name, "rb");
	if (!file || fseek(file, 0, SEEK_END) < 0)
		exit(1);
	struct text text = { .n = (size_t)ftell(file) };
	rewind(file);
	text.p = malloc(text.n + 1);
	texts = realloc(texts, (n_texts + 1) * sizeof(*texts));
	if (!text.p || !texts || fread(text.p, 1, text.n, file) != text.n)
		exit(1);
	fclose(file);
	texts[n_texts++] = text;
}

int main(void)
{
	char name[4096];
	hs_scratch_t *scratch = NULL;
	const hs_database_t *database = (const hs_database_t *)stk_secret_database;
	size_t bytes = 0, hits = 0;
	double best = 0;
	while (fgets(name, sizeof(name), stdin)) {
		name[strcspn(name, "\n")] = 0;
		read_text(name);
		bytes += texts[n_texts - 1].n;
	}
	if (hs_alloc_scratch(database, &scratch) != HS_SUCCESS)
		return 1;
	for (int round = 0; round < 5; round++) {
		clock_t begin = clock();
		for (size_t i = 0; i < n_texts; i++)
			hs_scan(database, texts[i].p, (unsigned)texts[i].n, 0, scratch, on_match, &hits);
		double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
		best = !round || seconds < best ? seconds : best;
	}
	printf("%.6f %.6f\n", (double)bytes / 1e6, best);
	return 0;
}
