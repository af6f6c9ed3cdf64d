"""What Jicofo and the bridges say of themselves over HTTP, asked for every few seconds; no orders are given."""
