package dev.advect.cli.config;

import java.util.Set;

/** What is minimised. */
public enum Objective {
  /** The squared distance between the field and the path's velocity. */
  FLOW_MATCHING;

  static final Set<String> PLANNED = Set.of("likelihood");
}
