/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for libFuzzer's main in ordinary builds: runs the target once on every file named, so that a corpus is a
 * test. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		if (!file || fseek(file, 0, SEEK_END) < 0) {
			perror(argv[i]);
			return 1;
		}
		long size = ftell(file);
		rewind(file);
		uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
		size_t n = data ? fread(data, 1, (size_t)size, file) : 0;
		fclose(file);
		fprintf(stderr, "%s\n", argv[i]);
		LLVMFuzzerTestOneInput(data, n);
		free(data);
	}
	return 0;
}
