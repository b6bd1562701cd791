/**
 * What an operator watches: metrics, health and readiness, on a port of their own. Start at {@link
 * dev.vellum.proxy.admin.AdminServer}; requests are counted by {@link
 * dev.vellum.proxy.admin.Metrics}.
 */
@NullMarked
package dev.vellum.proxy.admin;

import org.jspecify.annotations.NullMarked;
