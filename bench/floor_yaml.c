/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least that reading a Compose file with libyaml can cost: the file's bytes and every event, nothing kept.
 *
 *   cc -O2 -o floor_yaml floor_yaml.c -lyaml
 */
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

int main(int argc, char **argv)
{
	FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
	yaml_parser_t parser;
	yaml_event_type_t type = YAML_NO_EVENT;
	unsigned long n = 0;
	if (!file || !yaml_parser_initialize(&parser))
		return 1;
	yaml_parser_set_input_file(&parser, file);
	for (; type != YAML_STREAM_END_EVENT; n++) {
		yaml_event_t event;
		if (!yaml_parser_parse(&parser, &event))
			return 1;
		type = event.type;
		yaml_event_delete(&event);
	}
	printf("%lu events\n", n);
	return 0;
}
