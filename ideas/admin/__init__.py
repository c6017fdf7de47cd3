"""Staff's pages of proposals: a tab of a challenge in the Wagtail admin."""
