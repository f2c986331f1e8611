"""The panel in the sidebar, and the card for dashboards."""
