"""Word lists of the analysis: words without a subject, and members of Swedish compounds."""

from functools import cache
from typing import TYPE_CHECKING

from core import lazy

if TYPE_CHECKING:
    import snowballstemmer
else:  # all its languages come with it: loaded at the first search
    snowballstemmer = lazy.module("snowballstemmer")

_FUNCTION_WORDS = {
    "fi": """
        ja tai sekä että eli vai mutta vaan kun jos niin kuin joka jotka jonka jota jossa mikä
        mitä miten missä mistä mihin milloin miksi kuka ketkä on ovat oli olla olisi ei eivät en
        me te he se ne tämä nämä tuo sen niiden tätä sitä siis myös vain jo vielä hyvin sekä
        kanssa ilman varten kautta vuoksi takia mukaan kohti sisällä aikana jälkeen ennen meidän
        teidän heidän minun sinun hänen itse voi voiko voisi saa saada haluan haluamme etsin
        etsimme tarvitsen tarvitsemme liittyvä liittyvät koskeva koskevat jokin joku jotain eri
        esim esimerkiksi ym jne yms noin per
    """,
    "sv": """
        och eller samt att som men om när där här hur vad vem vilka vilken vilket varför i på av
        till för från med utan under över mellan genom vid hos mot en ett den det de dem är var
        vara blir bli har ha hade kan ska skulle vi ni jag du han hon vår vårt våra er ert era
        sin sitt sina inte också bara mer mycket något någon några eftersom då än åt
    """,
    "en": """
        a an the and or but of to in on at by for from with without under over between into
        about as is are was were be been being it its this that these those which who what when
        where how why we you they i he she our your their do does did can could should would
        will may not no also only more most very some any than then there here so if
    """,
}
FUNCTION_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()
}

# First and last members of the compounds that municipal Swedish is full of: form:word or its stem.
# Swedish has no free analyser with compounds; two hundred members cover most of what is searched.
_SWEDISH_MEMBERS = """
    skol:skol skola:skol elev:elev barn:barn ungdom:ungdom ungdoms:ungdom äldre:äldr
    senior:senior familje:familj familj:familj kvinno:kvinn invandrar:invandr flykting:flykting
    invånar:invån medborgar:medborg kommun:kommun stads:stad stad:stad lands:land region:region
    hem:hem bostads:bostad bostäder:bostad bostad:bostad hyres:hyr hus:hus fastighets:fast
    bygg:bygg byggnads:byggnad vård:vård omsorg:omsorg omsorgs:omsorg hälso:hälsa hälsa:häls
    sjuk:sjuk sjukvård:sjukvård tand:tand läkar:läk läkare:läk läkemedels:läkemedel mun:mun
    social:social arbets:arbet arbete:arbet arbetslöshets:arbetslös jobb:jobb
    sysselsättnings:sysselsättning närings:när företags:företag företag:företag
    upphandlings:upphandling upphandling:upphandling skatte:skatt energi:energi värme:värm
    sol:sol vind:vind vatten:vatt avlopps:avlopp avfalls:avfall avfall:avfall sop:sop sopor:sop
    återvinnings:återvinning återvinning:återvinning matsvinn:matsvinn mat:mat svinn:svinn
    livsmedels:livsmedel kök:kök lunch:lunch miljö:miljö klimat:klimat natur:natur skogs:skog
    skog:skog park:park strand:strand sjö:sjö väg:väg vägar:väg gatu:gat gata:gat vinter:vint
    snö:snö plog:plog plogning:plogning halk:halk underhåll:underhåll underhålls:underhåll
    cykel:cykel cykl:cykl gång:gång trafik:trafik kollektiv:kollektiv
    kollektivtrafik:kollektivtrafik buss:buss tåg:tåg bil:bil taxi:taxi parkerings:parkering
    parkering:parkering skjuts:skjuts skjutsar:skjuts transport:transport transporter:transport
    resa:res färd:färd färdtjänst:färdtjänst tjänst:tjänst tjänster:tjänst tjänste:tjänst
    service:servic stöd:stöd hjälp:hjälp rådgivning:rådgivning rådgivnings:rådgivning
    handlednings:handledning utbildning:utbildning utbildnings:utbildning
    undervisning:undervisning undervisnings:undervisning lärar:lär lärare:lär språk:språk
    kurs:kurs studie:studi yrkes:yrk bibliotek:bibliotek biblioteks:bibliotek bok:bok böcker:bok
    kultur:kultur konst:konst museum:musem musik:musik idrott:idrott idrotts:idrott
    motions:motion motion:motion sim:sim hall:hall spel:spel fritids:fritid fritid:fritid
    frivillig:frivill förenings:förening förening:förening evenemangs:evenemang
    evenemang:evenemang turist:turist besöks:besök besök:besök digital:digital data:dat
    dator:dator webb:webb nät:nät mobil:mobil app:app robot:robot chatt:chatt bot:bot
    sensor:sensor sensorer:sensor mät:mät mätning:mätning uppföljning:uppföljning
    uppföljnings:uppföljning karta:kart kart:kart register:regist arkiv:arkiv dokument:dokument
    blankett:blankett ansökan:ansök ansöknings:ansökning tillstånds:tillstånd
    tillstånd:tillstånd beslut:beslut besluts:beslut mötes:möt möte:möt lokal:lokal
    lokaler:lokal bokning:bokning boknings:bokning bokningssystem:bokningssystem system:system
    plattform:plattform verktyg:verktyg modell:modell metod:metod projekt:projekt plan:plan
    planering:planering planerings:planering budget:budget ekonomi:ekonomi kostnads:kostnad
    kvalitets:kvalitet säkerhet:säker säkerhets:säkerhet trygghet:trygg trygghets:trygg
    larm:larm brand:brand kris:kris beredskaps:beredskap beredskap:beredskap jour:jour fel:fel
    felanmälan:felanmäl anmälan:anmäl anmälnings:anmälning respons:respons kund:kund
    delaktighet:delakt delaktighets:delaktighet påverkan:påverkan information:information
    informations:information kommunikations:kommunikation tillgänglighet:tillgäng
    tillgänglighets:tillgäng personal:personal rekrytering:rekrytering rekryterings:rekrytering
    vikarie:vikari schema:schem schemaläggning:schemaläggning dag:dag daghem:daghem
    daghems:daghem dagvård:dagvård småbarns:småbarn småbarnspedagogik:småbarnspedagogik
    pedagogik:pedagogik förskola:förskol förskole:förskol eftermiddags:eftermiddag
    närstående:närstå närståendevård:närståendevård vårdare:vård distans:distans fjärr:fjärr
    video:video belysning:belysning belysnings:belysning gatubelysning:gatubelysning lampor:lamp
    läs:läs läsning:läsning skriv:skriv ensamhet:ensam välfärds:välfärd välfärd:välfärd
    välfärdsområde:välfärdsområd område:områd områdes:områd bostadsområde:bostadsområd
    samhälls:samhäll delnings:delning dela:del låne:lån lån:lån utlåning:utlåning
    redskap:redskap hund:hund djur:djur lek:lek lekplats:lekplats plats:plats platser:plats
    central:central centrum:centrum
"""


@cache
def swedish_members() -> dict[str, str]:
    """Form → stem of the words that Swedish compounds are known to be made of."""
    stem = snowballstemmer.stemmer("swedish").stemWord
    return {
        form: stem(stem(form if stem(form) == word else word))
        for form, word in (pair.split(":") for pair in _SWEDISH_MEMBERS.split())
    }


@cache
def swedish_stems() -> frozenset[str]:
    return frozenset(swedish_members().values())
