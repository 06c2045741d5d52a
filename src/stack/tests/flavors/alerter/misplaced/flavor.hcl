flavor "alerter" "elsewhere" {
  description = "In the wrong folder"
}
flavour "alerter" "misplaced" {}
