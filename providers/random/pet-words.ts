/** The words of random_pet: manners, then colours, stuffs, weather and tempers, then animals by where they live. */

export const ADVERBS = words(`
  abruptly absently aloud always amply artfully ashore asleep backwards blissfully blithely breezily busily candidly
  cheerfully chiefly cleanly cleverly constantly cordially cosily crisply dashingly deftly doubly drily dreamily
  earnestly elegantly endlessly forever forwards fruitfully generously genially gracefully gravely handily homewards
  inwards jauntily jovially laughingly leisurely lengthwise lithely luckily merely modestly musically nimbly northwards
  often onwards outdoors overnight placidly playfully pleasantly plentifully punctually rather repeatedly restfully
  rhythmically serenely sideways singly skilfully skywards sleepily snugly sometimes somewhat soon soothingly
  southwards spryly stoutly sturdily sunnily supremely thrice twice unhurriedly upstream vigorously visibly wakefully
  westwards wholesomely yonder zestfully
`);

export const ADJECTIVES = words(`
  airy alpine amaranth amethyst aquatic arboreal ashen autumnal azure balmy barefoot beaming bearded beige blazing
  blooming blushing boreal bouncy brackish brass brindled bronze bubbly burly buttery canary caramel cerulean chalky
  cherry chestnut chilly chipper cinnamon citrus cloudy coastal cobalt coppery creamy crested crimson crystal curly
  cyan dainty dappled dawning dewy downy drowsy dusky dusty earthen ebony emerald evergreen fawny feathery fern fiery
  flaxen fleecy floral fluffy foamy foggy forest freckled frilly frosty fuchsia furry fuzzy garnet gilded ginger glacial
  gleaming glossy granite grassy gritty hazel hazy heathery hilly honeyed hushed icy indigo inky ivory jade jasmine
  jumping khaki lanky lavender leafy leaping lemon lilac limber linen lofty lunar lush mahogany maple marble maroon
  mauve meadow midnight milky minty misty moonlit mossy mottled mustard nautical nectar nestled nimble nocturnal nutty
  oaken oceanic ochre olive onyx opal orchid pastel peachy pearly pebbled peppery perky petite pine plaid plucky plum
  plush pointy polar prickly purple quilted radiant rainy rambling ripe rippling river roaming rocky rolling roomy rosy
  ruby ruddy rugged russet rusty rustic saffron salty sandy sapphire satin savory scarlet seaside shaded shaggy shimmery
  silken silver skipping slate sleek slender smoky snowy solar sparkling speckled spicy spotted spring sprightly starlit
  stony stormy striped sugary summery swaying tall tangerine tawny teal tidal topaz tranquil tropical tufted turquoise
  twilight umber upbeat vanilla velvet verdant vermilion vernal violet walnut wandering waving whirling whiskered
  willowy windy winged wintry wooden woolly woven yellow zesty zigzag
`);

export const ANIMALS = words(`
  addax agama agouti albatross alligator anhinga anole aracari argali argus armadillo auk avocet axolotl
  babirusa bandicoot banteng barbet barracuda basenji beluga bilby binturong bittern blackbird blenny bongo
  bonobo booby bowerbird bream brolga bulbul bullfinch bumblebee bunting bushbaby bushbuck bustard butterfly cacique
  capercaillie capybara caracal carp cassowary caterpillar centipede chaffinch chameleon char chickadee chinchilla
  chough chub coati cockatiel cockatoo coelacanth colobus coot cormorant corncrake cottontail cranefly crossbill cuckoo
  curassow curlew cuscus cuttlefish dabchick damselfly degu dhole dikdik dipper dormouse dotterel dragonet dragonfly
  dugong duiker dunlin dunnock eland eider euro fennec fieldfare firecrest fisher flycatcher fossa frigatebird frogmouth
  fulmar gadwall galago galah gaur gavial genet gerbil gerenuk gharial gibbon goby godwit goldcrest goldeneye goldfinch
  goldfish goosander grasshopper grayling grebe greenfinch greenshank groundhog grosbeak guanaco guillemot gurnard
  gyrfalcon harrier hartebeest hawfinch hoatzin hobby hoopoe hornbill hoverfly huemul hummingbird hutia
  hyrax ibis impeyan isopod jabiru jacamar jacana jackdaw jaeger jellyfish jerboa junco kagu kakapo kea kestrel kingbird
  kinglet kinkajou kittiwake klipspringer knot kodkod kookaburra kouprey kudu lammergeier langur lapwing lechwe limpet
  linnet linsang loach loris lorikeet lovebird lungfish lyrebird mandrill mara margay markhor medusa megapode merganser
  merlin millipede minivet minke moloch motmot mouflon mudskipper muntjac murre mynah nautilus nene nightingale nightjar
  nilgai numbat nuthatch nutria nyala ocelot okapi olm onager orangutan oribi ouzel ovenbird oystercatcher paca
  paddlefish partridge pauraque peafowl peccary petrel phalarope pichi pilchard pintail pipit
  pitta plaice plover pochard pollock polecat porcupine potoroo potto pronghorn ptarmigan pudu puffin quelea quoll
  rail redpoll redshank redstart redwing reedbuck remora rhea ringtail roadrunner roach roe roller rook ruff sable saiga
  saki salamander sandpiper sardine scallop scaup scoter seahorse serow serin shearwater shelduck shoebill shoveler shrike
  siamang sifaka siskin skimmer skua smew snipefish snowcock snowfinch solenodon spoonbill springbok springhare sprat
  squirrelfish starfinch stilt stoat stonechat sunbittern sunfinch surubim suslik swallow swallowtail
  swordfish takin tamandua tamarin tanager tarsier tayra tenrec tern thornbill tilapia titi tinamou topi treecreeper
  tragopan tropicbird trumpeter tuatara turaco turbot turnstone twite uakari umbrellabird urial vaquita veery vicuna vireo
  viscacha vole wagtail warbler waterbuck waxbill waxwing weaver weka wheatear whimbrel whinchat whitefish wigeon
  wildebeest willet wisent wolverine woodchuck woodlark woodpecker wryneck xenops yellowhammer zander zebu zorilla
`);

function words(text: string): readonly string[] {
  return [...new Set(text.split(/\s+/).filter((word) => word !== ''))];
}
