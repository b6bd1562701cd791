/** Subcommands of {@code vellum}. Start at {@link dev.vellum.proxy.command.ServeCommand}. */
@NullMarked
package dev.vellum.proxy.command;

import org.jspecify.annotations.NullMarked;
