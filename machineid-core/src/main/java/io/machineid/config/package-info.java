/** The configuration file {@code tbot.yaml}, read strictly. */
@NullMarked
package io.machineid.config;

import org.jspecify.annotations.NullMarked;
