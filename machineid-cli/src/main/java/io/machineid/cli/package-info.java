/** The command {@code machineid}. */
@NullMarked
package io.machineid.cli;

import org.jspecify.annotations.NullMarked;
