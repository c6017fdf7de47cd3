"""Staff's pages of scoring: tabs of a challenge in the Wagtail admin."""
