"""The viewers' side: what anybody who opens the HLS playlist gets."""
