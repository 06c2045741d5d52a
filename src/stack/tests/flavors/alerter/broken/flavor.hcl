flavor "alerter" "broken" {
  descripton = "misspelt"
  location   = "somewhere"
  requires "tracking" { as = "nowhere" }
  provides "bell" { value = output.nothing }
  provides "whistle" {
    value     = "x"
    on_demand = true
  }
  offers "ring" {}
}
