/** What it costs: JMH benchmarks, and whole processes beside each other. */
@NullMarked
package io.machineid.benchmarks;

import org.jspecify.annotations.NullMarked;
